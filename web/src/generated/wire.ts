// Generated from crates/node/src/wire.rs by `cargo xtask codegen`: do not edit.

/**
 * What an accord's file says otherwise than what counts at the node.
 */
export type AccordChange = { 
/**
 * Its id.
 */
accord: string, 
/**
 * SHA-256 of the new text, by which it is approved; "gone" where there is none any more.
 */
sha256: string, 
/**
 * The new text; empty where there is none any more.
 */
text: string, 
/**
 * The text that counts, or will from the next start; none where there is none.
 */
before: string | null, 
/**
 * Who approved it: nobody, the first who waits for a second, or both.
 */
approved_by: Array<string>, 
/**
 * Two have approved it: it counts from the node's next start.
 */
counts_next: boolean, };

/**
 * What came of an approval.
 */
export type AccordChangeOutcome = "waits" | "counts";

/**
 * One event in the life of an accord.
 */
export type AccordEvent = { 
/**
 * When, milliseconds since 1970; in the future where it is still to come.
 */
time_ms: number, 
/**
 * What: "signed", "ratified by KGZ", "in force", "term ends".
 */
what: string, };

/**
 * One accord as it stands.
 */
export type AccordRow = { 
/**
 * Its id.
 */
id: string, 
/**
 * What it is called.
 */
title: string, 
/**
 * Its parties.
 */
parties: Array<string>, 
/**
 * "in force", "signed", "ended", "suspended by KGZ".
 */
status: string, 
/**
 * Who here wants to resume it and waits for a second person.
 */
resume_by?: string, 
/**
 * Whether anything may be released under it now.
 */
releases: boolean, 
/**
 * By which approved text its other parties go, as far as they said so.
 */
texts?: Array<TextRow>, 
/**
 * What happened and will happen to it, oldest first.
 */
timeline: Array<AccordEvent>, };

/**
 * One account, as administrators see it.
 */
export type AccountRow = { 
/**
 * The name.
 */
name: string, 
/**
 * Where they sit.
 */
position: string | null, 
/**
 * Names of roles.
 */
roles: Array<string>, 
/**
 * Whether they have been shut out.
 */
shut_out: boolean, 
/**
 * Whether they are invited and have not chosen a password.
 */
invited: boolean, 
/**
 * Whether an identity provider vouches for them and says their roles.
 */
vouched: boolean, 
/**
 * Consoles at which they are signed in.
 */
sessions: number, };

/**
 * Whether one airspace is active now.
 */
export type AirspaceTime = { 
/**
 * Its place among the features of `/api/v1/airspace`.
 */
place: number, 
/**
 * Whether it is; none: by notice alone, which is not here.
 */
active: boolean | null, 
/**
 * Until when that is so, milliseconds since 1970; none: not within the next eight days.
 */
until_ms: number | null, };

/**
 * Airspaces that are not always active; when one has changed, and to whoever joins.
 */
export type AirspaceTimes = { 
/**
 * In order of place.
 */
rows: Array<AirspaceTime>, };

/**
 * An alert that calls for somebody, in as many words as are said aloud.
 */
export type AlertCall = { 
/**
 * The alert's number.
 */
alert: number, 
/**
 * How much it needs a person.
 */
severity: AlertSeverity, 
/**
 * What it says, as on the screen.
 */
title: string, 
/**
 * Tracks that it is about.
 */
tracks: Array<number>, 
/**
 * What it is about beside them.
 */
about: string | null, 
/**
 * Since when it calls: its severity last rose then, or it was raised.
 */
since_ms: number, };

/**
 * Where an open alert is drawn on the map.
 */
export type AlertMark = { 
/**
 * The alert's number.
 */
alert: number, 
/**
 * How much it needs a person.
 */
severity: AlertSeverity, 
/**
 * What it says, as on the screen.
 */
title: string, 
/**
 * Places that it names, in the order in which they are read; at most [`MARK_PLACES`].
 */
places: Array<MarkedPlace>, 
/**
 * Corners of the area that it is about, in order around it, the first not again; empty where it
 * is about none.
 */
outline: Array<AlertPlace>, 
/**
 * Of a cell: how many aircraft in it tell a degraded position, and of how many.
 */
degraded: [number, number] | null, };

/**
 * A mute: the alert stays, and calls nobody.
 */
export type AlertMute = { 
/**
 * Who muted it, when and why.
 */
said: SaidWords, 
/**
 * Until when.
 */
until_ms: number, 
/**
 * It is of every alert of the rule.
 */
of_rule: boolean, };

/**
 * Where an alert is.
 */
export type AlertPlace = { 
/**
 * Latitude, degrees.
 */
lat_deg: number, 
/**
 * Longitude, degrees.
 */
lon_deg: number, };

/**
 * An open alert as tracks on the map wear it: a ring, and a tag in the label.
 */
export type AlertRing = { 
/**
 * The rule by its name.
 */
rule: string, 
/**
 * How much it needs a person.
 */
severity: AlertSeverity, 
/**
 * Tracks that it is about.
 */
tracks: Array<number>, 
/**
 * When what it warns of is expected.
 */
predicted_ms: number | null, };

/**
 * One alert.
 */
export type AlertRow = { 
/**
 * Its number within this node.
 */
id: number, 
/**
 * The rule, by its name in configuration and documents: `border_predicted`.
 */
rule: string, 
/**
 * What it says, as on the screen: "BORDER CROSSING".
 */
title: string, 
/**
 * How much it needs a person.
 */
severity: AlertSeverity, 
/**
 * What became of it.
 */
state: AlertState, 
/**
 * Tracks that it is about.
 */
tracks: Array<number>, 
/**
 * What it is about beside them: an airspace, a code, a cell, a sensor.
 */
about: string | null, 
/**
 * Where, if it is of a place.
 */
at: AlertPlace | null, 
/**
 * When what it warns of will happen; none if it has.
 */
predicted_ms: number | null, 
/**
 * When it was raised.
 */
opened_ms: number, 
/**
 * When it ended.
 */
ended_ms: number | null, 
/**
 * Why it ended.
 */
ended_for: string | null, 
/**
 * Who has seen it.
 */
acknowledged: SaidWords | null, 
/**
 * Its severity rose after that, or after it was put into an incident: it can be acknowledged
 * again.
 */
rose_since: boolean, 
/**
 * Who muted it, why, and until when.
 */
muted: AlertMute | null, 
/**
 * The incident it is in.
 */
incident: string | null, 
/**
 * Inputs and thresholds, in the order in which they are read.
 */
facts: Array<FactRow>, 
/**
 * Its message type in ASTERIX CAT004, where the standard has one.
 */
cat004: number | null, 
/**
 * The kind of incident that it begins.
 */
kind: IncidentKind, };

/**
 * How much an alert needs a person.
 */
export type AlertSeverity = "advisory" | "caution" | "warning";

/**
 * What became of an alert.
 */
export type AlertState = "new" | "acknowledged" | "in_incident" | "ended";

/**
 * The list of alerts, or the part of it that this console looks at.
 */
export type Alerts = { 
/**
 * When this was so.
 */
time_ms: number, 
/**
 * Rows from `from` on, at most [`ALERT_ROWS`]: by severity, then by time to the event.
 */
rows: Array<AlertRow>, 
/**
 * How many rows come before the first.
 */
from: number, 
/**
 * How many rows there are.
 */
total: number, 
/**
 * How many of each severity are open, advisory first.
 */
open: [number, number, number], 
/**
 * How many are open and nobody has acknowledged since their severity last rose.
 */
unacknowledged: number, 
/**
 * Rules that could not be evaluated at the last instant, and why.
 */
unable: Array<string>, 
/**
 * Alerts that partners tell us of, most urgent first: theirs, on nobody's list here.
 */
of_partners: Array<PartnerAlertRow>, 
/**
 * How many more of these there are.
 */
of_partners_more: number, 
/**
 * Where open alerts that no track shows are drawn, most urgent first, at most [`ALERT_MARKS`]:
 * claimed positions beside measured ones, disturbed cells, sensors, Remote IDs.
 */
marks: Array<AlertMark>, 
/**
 * What calls for somebody, on whichever page it is: open, heeded by nobody since its severity
 * last rose, and not muted; the newest first, at most [`ALERT_CALLS`] of each severity.
 */
calls: Array<AlertCall>, 
/**
 * What the map has to show of open alerts about tracks that are not among `rows`, most urgent
 * first, at most [`ALERT_RINGS`].
 */
elsewhere: Array<AlertRing>, };

/**
 * An answer.
 */
export type Answer = "accepted" | "in_part" | "declined";

/**
 * One answer and its words.
 */
export type AnswerRow = { 
/**
 * Yes or no.
 */
answer: Answer, 
/**
 * What a person said with it.
 */
said: SaidWords, };

/**
 * What holds in an area.
 */
export type AreaKind = "responsible" | "release" | "back_up";

/**
 * One area.
 */
export type AreaRow = { 
/**
 * What holds there.
 */
kind: AreaKind, 
/**
 * The accord's id; none for an area of responsibility.
 */
accord: string | null, 
/**
 * The article's number.
 */
article: string | null, 
/**
 * What the article says in a few words.
 */
title: string | null, 
/**
 * Who is responsible, who tells, or who is stood in for.
 */
of: Array<string>, 
/**
 * Who is told, or who may stand in, first choice first.
 */
to: Array<string>, 
/**
 * Who stands in now.
 */
stand_in: string | null, 
/**
 * Its shapes: inside any of them.
 */
shapes: Array<AreaShape>, };

/**
 * One shape of an area.
 */
export type AreaShape = { 
/**
 * Latitude and longitude, degrees: corners of a closed line, or of a line where `within_nm` is.
 */
points: Array<[number, number]>, 
/**
 * All that lies so near to the line, NM.
 */
within_nm: number | null, };

/**
 * Who is responsible where, and where articles in force hold; when it changed, and to whoever joins.
 */
export type Areas = { 
/**
 * Areas of responsibility in configured order, then articles in order of accord.
 */
rows: Array<AreaRow>, };

/**
 * An article under which this party may ask.
 */
export type AskArticle = { 
/**
 * The accord's id.
 */
accord: string, 
/**
 * Its number.
 */
article: string, 
/**
 * What it says in a few words.
 */
title: string | null, 
/**
 * What may be asked for.
 */
purposes: Array<Purpose>, 
/**
 * Who may be asked now.
 */
parties: Array<string>, 
/**
 * How soon an answer is due, seconds.
 */
answer_within_s: number, };

/**
 * How one party that is asked stands.
 */
export type AskedRow = { 
/**
 * Who.
 */
party: string, 
/**
 * Where that leaves it.
 */
state: AskedState, 
/**
 * Whether its first answer came after it was due.
 */
late: boolean, 
/**
 * When its node had the request.
 */
received_ms: number | null, 
/**
 * When its first answer was heard here, where that was after it was due and the answer says to be
 * from before.
 */
heard_ms: number | null, 
/**
 * What it answered, oldest first; the last stands.
 */
answers: Array<AnswerRow>, 
/**
 * Who recorded that it had not answered when the answer was due.
 */
silence_recorded_by: Array<string>, };

/**
 * Where a party that is asked stands.
 */
export type AskedState = "sent" | "received" | "accepted" | "in_part" | "declined" | "no_answer" | "withdrawn";

/**
 * One line of the audit.
 */
export type AuditRow = { 
/**
 * When, UTC.
 */
at: string, 
/**
 * By whom; empty where nobody was signed in.
 */
who: string, 
/**
 * From which address.
 */
from: string, 
/**
 * What.
 */
act: string, 
/**
 * About what or whom.
 */
about: string, 
/**
 * What came of it.
 */
outcome: string, };

/**
 * One article on back-up.
 */
export type BackUpRow = { 
/**
 * The accord.
 */
accord: string, 
/**
 * The article in it.
 */
article: string, 
/**
 * Whose duty.
 */
of: string, 
/**
 * Who may stand in, first choice first.
 */
by: Array<string>, 
/**
 * Where, by name.
 */
area: string, 
/**
 * Since when the party is silent.
 */
silent_since_ms: number | null, 
/**
 * Who stands in, since when, and who confirmed it.
 */
stand_in: StandInRow | null, 
/**
 * What people are asked to confirm here.
 */
proposed: Proposal | null, 
/**
 * Names needed.
 */
needed: number, 
/**
 * Names given here so far, in order.
 */
confirmed: Array<string>, 
/**
 * Why nothing can be confirmed here now, in words.
 */
waits: string | null, };

/**
 * Every article on back-up in force, and how it stands.
 */
export type BackUps = { 
/**
 * One row an article, in order.
 */
rows: Array<BackUpRow>, };

/**
 * Whether a place is to be believed.
 */
export type Belief = "trusted" | "claimed" | "plain";

/**
 * One systematic error.
 */
export type BiasRow = { 
/**
 * The estimate; none where it is not known.
 */
value: number | null, 
/**
 * Its standard deviation.
 */
sd: number | null, 
/**
 * How much it may be; none where nobody watches over it.
 */
limit: number | null, 
/**
 * Whether it is significant and more than that.
 */
over: boolean, };

/**
 * One change of identity, or step towards one.
 */
export type ChangeRow = { 
/**
 * When.
 */
at_ms: number, 
/**
 * The person; none: the machine.
 */
by: string | null, 
/**
 * What was done: "set", "proposed", "confirmed", "refused KAZ's proposal".
 */
what: string, 
/**
 * What it was.
 */
from: Identity, 
/**
 * What it is, or would be.
 */
to: Identity, 
/**
 * Why.
 */
why: string, };

/**
 * Console to node.
 */
export type ClientMessage = { "type": "select", 
/**
 * Track number.
 */
number: number | null, } | { "type": "resync", } | { "type": "see_as", 
/**
 * The partner.
 */
party: string | null, 
/**
 * Our own picture beside it, and what of that the partner is not told.
 */
beside: boolean, } | { "type": "suspend", 
/**
 * The accord's id.
 */
accord: string, 
/**
 * Who says so: the name of the person at the console.
 */
by: string, 
/**
 * Why.
 */
reason: string, 
/**
 * Towards this party alone; none: towards all.
 */
towards?: string, } | { "type": "resume", 
/**
 * The accord's id.
 */
accord: string, 
/**
 * Who says so.
 */
by: string, } | { "type": "explain", 
/**
 * Track number.
 */
number: number, 
/**
 * The partner.
 */
party: string, } | { "type": "look_at_sensor", 
/**
 * "SAC/SIC".
 */
sensor: string | null, } | { "type": "list_alerts", 
/**
 * How many rows to leave out.
 */
from: number, } | { "type": "acknowledge", 
/**
 * Its number.
 */
alert: number, 
/**
 * Who has seen it.
 */
by: string, } | { "type": "mute_alert", 
/**
 * Its number.
 */
alert: number, 
/**
 * For how long, seconds.
 */
for_s: number, 
/**
 * Why.
 */
reason: string, 
/**
 * Who says so.
 */
by: string, 
/**
 * Every alert of its rule, those that open later too.
 */
all_of_rule: boolean, } | { "type": "unmute_alert", 
/**
 * Its number.
 */
alert: number, 
/**
 * Who says so.
 */
by: string, 
/**
 * Every alert of its rule.
 */
all_of_rule: boolean, } | { "type": "look_at_incident", 
/**
 * Which.
 */
incident: IncidentName | null, } | { "type": "open_incident", 
/**
 * What it is about.
 */
kind: IncidentKind, 
/**
 * In a few words.
 */
title: string, 
/**
 * Alerts it is opened from; none where it is opened by hand.
 */
alerts: number[], 
/**
 * Tracks it is about, by number in our picture, beside those of its alerts.
 */
tracks: Array<number>, 
/**
 * Why; may be empty.
 */
why: string, 
/**
 * Who opens it.
 */
by: Person, } | { "type": "on_incident", 
/**
 * Which.
 */
incident: IncidentName, 
/**
 * What.
 */
deed: IncidentDeed, 
/**
 * Why; may be empty where the deed says enough.
 */
why: string, 
/**
 * Who does it.
 */
by: Person, } | { "type": "close_alert", 
/**
 * Its number.
 */
alert: number, 
/**
 * Why.
 */
reason: string, 
/**
 * Who says so.
 */
by: string, } | { "type": "ask", 
/**
 * The accord's id.
 */
accord: string, 
/**
 * The article's number.
 */
article: string, 
/**
 * For what.
 */
purpose: Purpose, 
/**
 * Of whom.
 */
of: Array<string>, 
/**
 * In words.
 */
text: string, 
/**
 * The incident it concerns.
 */
incident: string | null, 
/**
 * Seconds to the answer, where that is sooner than the article's own time.
 */
answer_within_s: number | null, 
/**
 * Who asks: the name of the person or position.
 */
by: string, } | { "type": "answer", 
/**
 * Who asks.
 */
asker: string, 
/**
 * That party's number for it.
 */
number: number, 
/**
 * Yes or no.
 */
answer: Answer, 
/**
 * What is given, or why not.
 */
words: string, 
/**
 * Who answers.
 */
by: string, } | { "type": "report", 
/**
 * Who asks.
 */
asker: string, 
/**
 * That party's number for it.
 */
number: number, 
/**
 * What was done.
 */
words: string, 
/**
 * Who says so.
 */
by: string, } | { "type": "withdraw", 
/**
 * Our number for it.
 */
number: number, 
/**
 * Why.
 */
words: string, 
/**
 * Who says so.
 */
by: string, } | { "type": "confirm", 
/**
 * The accord's id.
 */
accord: string, 
/**
 * The article's number.
 */
article: string, 
/**
 * What is confirmed.
 */
proposal: Proposal, 
/**
 * Who confirms.
 */
by: string, } | { "type": "pass", 
/**
 * The accord's id.
 */
accord: string, 
/**
 * The article's number.
 */
article: string, 
/**
 * Who says so.
 */
by: string, } | { "type": "set_identity", 
/**
 * Track number.
 */
number: number, 
/**
 * What it is.
 */
identity: Identity, 
/**
 * Why.
 */
why: string, 
/**
 * Who says so: the name of the person at the console.
 */
by: string, } | { "type": "confirm_identity", 
/**
 * Track number.
 */
number: number, 
/**
 * What is confirmed.
 */
identity: Identity, 
/**
 * Who confirms.
 */
by: string, } | { "type": "withdraw_identity", 
/**
 * Track number.
 */
number: number, 
/**
 * Which of it.
 */
word: IdentityWord, 
/**
 * Why.
 */
why: string, 
/**
 * Who says so.
 */
by: string, } | { "type": "answer_proposal", 
/**
 * Track number.
 */
number: number, 
/**
 * The partner.
 */
party: string, 
/**
 * What it proposes.
 */
identity: Identity, 
/**
 * Whether it is so.
 */
answer: ProposalAnswer, 
/**
 * Why.
 */
why: string, 
/**
 * Who answers.
 */
by: string, } | { "type": "propose_identity", 
/**
 * Track number.
 */
number: number, 
/**
 * What.
 */
identity: Identity, 
/**
 * Why.
 */
why: string, 
/**
 * Who.
 */
by: string, } | { "type": "decide_pair", 
/**
 * The partner.
 */
party: string, 
/**
 * Its number for its track.
 */
theirs: number, 
/**
 * The number in our picture.
 */
number: number, 
/**
 * What is said.
 */
word: PairWord, 
/**
 * Why; may be empty where something is taken back.
 */
why: string, 
/**
 * Who says so.
 */
by: string, } | { "type": "report_identity", 
/**
 * Track number.
 */
number: number, 
/**
 * How it is known.
 */
means: ReportMeans, 
/**
 * What it is said to be.
 */
identity: Identity, 
/**
 * What was seen or heard.
 */
words: string, 
/**
 * Who reports.
 */
by: string, };

/**
 * One band of levels.
 */
export type CoverBand = { 
/**
 * From this flight level on.
 */
from_fl: number, 
/**
 * Below this one; none: and all above.
 */
to_fl: number | null, 
/**
 * Ring by ring from the sensor outward: bits [`COVER_SEEN`], [`COVER_FLOWN`].
 */
cells: Array<number>, };

/**
 * What people decided.
 */
export type DecidedRow = { 
/**
 * Who, and of suspect and hostile who confirmed it.
 */
by: Array<string>, 
/**
 * Why.
 */
why: string, 
/**
 * When.
 */
at_ms: number, 
/**
 * When a person should look at it again.
 */
review_ms: number, 
/**
 * Whether that time has come.
 */
review_due: boolean, };

/**
 * A named defect and how often.
 */
export type DefectCount = { 
/**
 * Name, as on `/metrics`.
 */
name: string, 
/**
 * How often since the start.
 */
count: number, };

/**
 * Plots that came beside those expected of a sensor.
 */
export type DetectionShare = { 
/**
 * Share that came, 0 to 1.
 */
share: number, 
/**
 * Of how many.
 */
expected: number, };

/**
 * One reason for or against an identity.
 */
export type EvidenceRow = { 
/**
 * Of which kind: "plan", "permission", "code", "address", "callsign", "corridor", "behaviour",
 * "ADS-B", "partner", "report".
 */
kind: string, 
/**
 * In words.
 */
words: string, 
/**
 * What it counts now; none at all is shown and not weighed.
 */
weights: Array<WeightRow>, 
/**
 * Seconds for which it has been so.
 */
since_s: number, 
/**
 * Seconds since it was last so.
 */
age_s: number, };

/**
 * Why a partner is given a track, or is not.
 */
export type Explained = { 
/**
 * Our number of the track.
 */
number: number, 
/**
 * The partner.
 */
party: string, 
/**
 * The instant of the decision.
 */
time_ms: number, 
/**
 * Whether any of it goes out.
 */
released: boolean, 
/**
 * The answer in lines: a field with its article and precision each, or the reason.
 */
lines: Array<string>, };

/**
 * One input of a rule.
 */
export type FactRow = { 
/**
 * What it is.
 */
name: string, 
/**
 * What was found, with its unit.
 */
value: string, 
/**
 * What it was held against.
 */
limit: string | null, };

/**
 * What of our own picture a partner is not told, beside the numbers of what it is; sent once a second to a
 * console that shows our picture beside the partner's view.
 */
export type HeldBack = { 
/**
 * The partner.
 */
party: string, 
/**
 * When this was so.
 */
time_ms: number, 
/**
 * Tracks that it is not told, by number in our picture.
 */
number: Array<number>, 
/**
 * Why not, of each: a place in `reasons`.
 */
reason: Array<number>, 
/**
 * The reasons there are: the condition that failed, and the article or caveat that came nearest.
 */
reasons: Array<string>, 
/**
 * Tracks that it is told, by number in our picture.
 */
told: Array<number>, 
/**
 * The number that it is told each of them under.
 */
told_as: Array<number>, };

/**
 * Who answers, and what it shows.
 */
export type Hello = { 
/**
 * [`PROTOCOL`].
 */
protocol: number, 
/**
 * Version of the node's software.
 */
software: string, 
/**
 * Name of the node.
 */
node: string, 
/**
 * The party that runs it, ISO 3166 alpha-3 or an organisation's id.
 */
party: string, 
/**
 * Live or replay.
 */
source: SourceKind, 
/**
 * A line to show wherever the picture is not the real, present air: which recording plays.
 */
notice: string | null, 
/**
 * When this node process started.
 */
started_ms: number, 
/**
 * Where the map opens; none: fit to the first picture.
 */
view: View | null, };

/**
 * STANAG 1241 / APP-6 standard identity, and civil (not classified).
 */
export type Identity = "pending" | "unknown" | "assumed_friend" | "friend" | "neutral" | "suspect" | "hostile" | "civil";

/**
 * What asks for a person's word on identities, over all tracks.
 */
export type IdentityDesk = { 
/**
 * What waits for a second person, first come first.
 */
waiting: Array<WaitingRow>, 
/**
 * What partners propose for tracks that are ours, by track; the first of them.
 */
proposals: Array<ProposalRow>, 
/**
 * How many more.
 */
proposals_more: number, 
/**
 * Tracks whose decision should be looked at again, by track; the first of them.
 */
reviews: Array<number>, 
/**
 * What people had said of tracks that did not come back after a restart.
 */
lost: Array<LostRow>, 
/**
 * What people here proposed of partners' tracks, newest first.
 */
sent: Array<SentProposalRow>, 
/**
 * Answers of people here that are held up, in words.
 */
held_up: Array<string>, };

/**
 * Which of people's words on a track is meant.
 */
export type IdentityWord = "decided" | "waiting";

/**
 * An article under which incidents are told.
 */
export type IncidentArticle = { 
/**
 * The accord's id.
 */
accord: string, 
/**
 * The article's number.
 */
article: string, 
/**
 * What it is called, where it has a title.
 */
title: string | null, 
/**
 * Who may be told.
 */
parties: Array<string>, };

/**
 * How an incident ended.
 */
export type IncidentClosed = { 
/**
 * How.
 */
outcome: IncidentOutcome, 
/**
 * Who says so.
 */
by: string, 
/**
 * When.
 */
at_ms: number, };

/**
 * What a person does about an incident that is there.
 */
export type IncidentDeed = { "type": "attach_alerts", 
/**
 * By number.
 */
alerts: number[], } | { "type": "detach_alerts", 
/**
 * By number.
 */
alerts: number[], } | { "type": "attach_tracks", 
/**
 * By number in our picture.
 */
tracks: Array<number>, } | { "type": "detach_tracks", 
/**
 * By the label in the list: "TN 17".
 */
labels: Array<string>, } | { "type": "note", 
/**
 * What.
 */
text: string, 
/**
 * Whether partners that may know of the incident may read it.
 */
shareable: boolean, } | { "type": "tick", 
/**
 * Which, from 0.
 */
step: number, 
/**
 * Done.
 */
done: boolean, } | { "type": "reclassify", 
/**
 * Which.
 */
kind: IncidentKind, } | { "type": "transfer", 
/**
 * Who.
 */
to: Person, } | { "type": "share", 
/**
 * Who.
 */
to: string, 
/**
 * The accord's id.
 */
accord: string, 
/**
 * The article's number.
 */
article: string, } | { "type": "offer", 
/**
 * Who.
 */
to: string, 
/**
 * The accord's id.
 */
accord: string, 
/**
 * The article's number.
 */
article: string, 
/**
 * Seconds until an answer no longer counts.
 */
answer_within_s: number, } | { "type": "withdraw", } | { "type": "see", } | { "type": "accept", } | { "type": "refuse", } | { "type": "heed", } | { "type": "close", 
/**
 * How it ended.
 */
outcome: IncidentOutcome, } | { "type": "reopen", } | { "type": "put_away", };

/**
 * Everything of one incident.
 */
export type IncidentDetail = { 
/**
 * As in the list.
 */
row: IncidentRow, 
/**
 * Its checklist.
 */
steps: Array<IncidentStep>, 
/**
 * What partners were told, oldest first.
 */
told: Array<IncidentTold>, 
/**
 * The newest entries of its log, at most [`INCIDENT_ENTRIES`], oldest first.
 */
log: Array<IncidentEntry>, 
/**
 * Hash of the newest entry, hexadecimal.
 */
head: string, };

/**
 * An entry of a log.
 */
export type IncidentEntry = { 
/**
 * From 1, without gaps.
 */
sequence: number, 
/**
 * When.
 */
at_ms: number, 
/**
 * Who.
 */
by: string, 
/**
 * What.
 */
words: string, 
/**
 * Why; empty where nothing was said.
 */
why: string, 
/**
 * A note that partners may read.
 */
shareable: boolean, };

/**
 * That somebody must look at it.
 */
export type IncidentEscalated = { 
/**
 * Since when.
 */
since_ms: number, 
/**
 * Why.
 */
why: string, };

/**
 * What an incident is about.
 */
export type IncidentKind = "unidentified" | "radio_failure" | "emergency" | "unlawful_interference" | "border" | "airspace" | "conflict" | "terrain" | "gnss" | "sensor" | "unmanned" | "other";

/**
 * An incident by the node that opened it.
 */
export type IncidentName = { 
/**
 * The party.
 */
node: string, 
/**
 * That party's number for it.
 */
number: number, };

/**
 * An offer of hand-over.
 */
export type IncidentOffer = { 
/**
 * The other party.
 */
party: string, 
/**
 * The article.
 */
article: string, 
/**
 * Until when an answer counts.
 */
due_ms: number, };

/**
 * How an incident ended.
 */
export type IncidentOutcome = "identified" | "ended_safely" | "left_area" | "regularised" | "restored" | "false_alert" | "merged" | "passed_on" | "unresolved" | "other";

/**
 * One incident.
 */
export type IncidentRow = { 
/**
 * Its name.
 */
name: IncidentName, 
/**
 * What it is about.
 */
kind: IncidentKind, 
/**
 * In a few words; empty where a partner did not tell.
 */
title: string, 
/**
 * Since when.
 */
opened_ms: number, 
/**
 * The party that holds it, as far as is known here.
 */
holder: string, 
/**
 * The person who owns it; none where a partner holds it and named nobody.
 */
owner: string | null, 
/**
 * Whether this node holds it.
 */
held_here: boolean, 
/**
 * How it ended, if it has.
 */
closed: IncidentClosed | null, 
/**
 * Since when its owner must look at it, and why.
 */
escalated: IncidentEscalated | null, 
/**
 * Our offer that stands.
 */
offer: IncidentOffer | null, 
/**
 * A partner's offer that stands.
 */
incoming: IncidentOffer | null, 
/**
 * Who here has accepted that offer; the partner has the last word.
 */
accepted_by: string | null, 
/**
 * A partner told something that nobody here has seen.
 */
unseen: boolean, 
/**
 * Alerts that belong to it.
 */
alerts: number[], 
/**
 * Tracks that it is about.
 */
tracks: Array<IncidentTrack>, 
/**
 * Steps of its checklist that are done, and how many there are.
 */
steps: [number, number], };

/**
 * A step of a checklist.
 */
export type IncidentStep = { 
/**
 * What to do.
 */
text: string, 
/**
 * The article that asks for it; none where it is a default.
 */
article: string | null, 
/**
 * Who did it.
 */
done_by: string | null, 
/**
 * When.
 */
done_ms: number | null, };

/**
 * What a partner was told of an incident, and how far it came.
 */
export type IncidentTold = { 
/**
 * The partner.
 */
party: string, 
/**
 * The name by which the partner knows the incident, where it is told by one.
 */
known_as: IncidentName | null, 
/**
 * The article.
 */
article: string, 
/**
 * When it was told.
 */
at_ms: number, 
/**
 * When its node said that it has it.
 */
received_ms: number | null, 
/**
 * Who there has seen it.
 */
seen_by: string | null, 
/**
 * When that was said.
 */
seen_ms: number | null, 
/**
 * Why it is not on its way.
 */
held_up: string | null, };

/**
 * A track of an incident.
 */
export type IncidentTrack = { 
/**
 * By who numbers it: "TN 17", "KAZ:4".
 */
label: string, 
/**
 * Its number in our picture, where it is in it.
 */
number: number | null, };

/**
 * All incidents that the node knows of, when something about one changed.
 */
export type Incidents = { 
/**
 * What is escalated or offered first, then open ones held here, those of partners, and what is
 * over; the newest first, at most [`INCIDENT_ROWS`].
 */
rows: Array<IncidentRow>, 
/**
 * How many there are.
 */
total: number, 
/**
 * How many are open and held here.
 */
open: number, 
/**
 * Under which articles partners may be told of incidents now.
 */
articles: Array<IncidentArticle>, 
/**
 * What of the book of a run before could not be read, in words.
 */
lost: string | null, 
/**
 * How an incident may end.
 */
outcomes: Array<OutcomeRow>, };

/**
 * How a partner's node is connected.
 */
export type LinkState = "up" | "down" | "waiting";

/**
 * What people had said of a track that nothing brings back.
 */
export type LostRow = { 
/**
 * The number that it had.
 */
number: number, 
/**
 * What it was said to be.
 */
identity: Identity, 
/**
 * By whom.
 */
by: Array<string>, };

/**
 * What a mark is of.
 */
export type MarkKind = "north" | "south" | "sector";

/**
 * A place on the map, and what it is.
 */
export type MarkedPlace = { 
/**
 * Where.
 */
at: AlertPlace, 
/**
 * What it is, as in the alert's inputs: "claimed position".
 */
name: string, 
/**
 * Whether to believe it.
 */
belief: Belief, };

/**
 * One way in which an incident may end.
 */
export type OutcomeRow = { 
/**
 * Which.
 */
outcome: IncidentOutcome, 
/**
 * It says too little without a reason.
 */
needs_reason: boolean, };

/**
 * By what a partner's track was found to be one of ours.
 */
export type PairHow = "address" | "code" | "place" | "by_hand";

/**
 * One of a partner's tracks that is one of ours, or of which a person said that it is not.
 */
export type PairRow = { 
/**
 * The partner.
 */
party: string, 
/**
 * Its number for it.
 */
theirs: number, 
/**
 * The number in our picture.
 */
number: number, 
/**
 * A person said that they are two.
 */
apart: boolean, 
/**
 * By what they were found to be one.
 */
how: PairHow, 
/**
 * Of the partner's last reports the share that agreed, 0 to 1; none before the first, and of two.
 */
score: number | null, 
/**
 * Of how many reports that is.
 */
looks: number, 
/**
 * Since when they are one, or said to be one or two.
 */
since_ms: number | null, 
/**
 * Who said so; none: the machine found it.
 */
by: string | null, 
/**
 * Why that person said so.
 */
why: string | null, };

/**
 * What a person says of a pair.
 */
export type PairWord = "one" | "two" | "undo";

/**
 * Partners' tracks that are ours, and those of which a person said that they are not; once a second.
 */
export type Pairs = { 
/**
 * When this was so.
 */
time_ms: number, 
/**
 * What people said first, then the most doubtful; at most [`PAIR_ROWS`].
 */
rows: Array<PairRow>, 
/**
 * How many more there are.
 */
more: number, };

/**
 * An alert that a partner tells of, as far as an article lets it.
 */
export type PartnerAlertRow = { 
/**
 * Whose it is.
 */
party: string, 
/**
 * Its number in what that party tells us.
 */
number: number, 
/**
 * What kind it is of, as on the screen.
 */
title: string, 
/**
 * The partner's name for its rule.
 */
rule: string | null, 
/**
 * How much the partner thinks that it needs a person.
 */
severity: AlertSeverity | null, 
/**
 * What people there have made of it.
 */
state: AlertState, 
/**
 * When it was raised there.
 */
opened_ms: number | null, 
/**
 * Tracks that it is about, by number in our picture.
 */
tracks: Array<number>, 
/**
 * Where, if it is about no track and of a place.
 */
at: AlertPlace | null, 
/**
 * Pressure altitude, feet, alike.
 */
level_ft: number | null, 
/**
 * Articles under which it is told.
 */
articles: Array<string>, };

/**
 * All that waited for a partner was dropped: something may go to it no longer.
 */
export type PartnerDropped = { 
/**
 * When.
 */
at_ms: number, 
/**
 * Under which article, whose, and why: for people here alone, the partner may not know of a third.
 */
why: string, };

/**
 * What became of the plots that a partner told behind its tracks since the node started.
 */
export type PartnerPlots = { 
/**
 * They are in a joint track.
 */
joined: number, 
/**
 * Known already: one of ours, or of another who tells of the same.
 */
known: number, 
/**
 * Too late, or too far ahead of the clock.
 */
late: number, 
/**
 * Not where the target can be.
 */
apart: number, 
/**
 * Behind a track that is none of ours.
 */
alone: number, 
/**
 * More than are kept.
 */
beyond: number, };

/**
 * One partner: what it tells, what it is told.
 */
export type PartnerRow = { 
/**
 * Who.
 */
party: string, 
/**
 * Whether its node is connected.
 */
link: LinkState, 
/**
 * Why not, in words.
 */
note: string | null, 
/**
 * Milliseconds since it last spoke; none if it never did.
 */
silent_ms: number | null, 
/**
 * Objects that it tells of and that stand.
 */
they_send: number, 
/**
 * Objects that it is told of and that stand.
 */
we_send: number, 
/**
 * The articles and caveats that say now what it may be told.
 */
terms: Array<TermRow>, 
/**
 * What it is told, by the article that lets it out.
 */
released: Array<RuleCount>, 
/**
 * What it is not told, by the reason.
 */
withheld: Array<RuleCount>, 
/**
 * Batches it sent that were refused, and objects beyond the bound.
 */
refused: number, 
/**
 * What became of the plots that it told behind its tracks; none if none came.
 */
plots: PartnerPlots | null, 
/**
 * Accords that it has suspended, as it told us.
 */
suspended: Array<SuspendedBy>, 
/**
 * Batches that wait until its node takes them; none until it has said what it has.
 */
queued: number | null, 
/**
 * How often somebody who said to be its node and did not prove it was turned away.
 */
turned_away: number, 
/**
 * Why, the last time.
 */
turned_away_for: string | null, 
/**
 * That in the last hour all that waited for it was dropped.
 */
dropped: PartnerDropped | null, };

/**
 * What one partner says of a target.
 */
export type PartnerWord = { 
/**
 * Who.
 */
party: string, 
/**
 * Its own number for the target.
 */
number: number, 
/**
 * Its standard identity there; none if it was not released.
 */
identity: Identity | null, };

/**
 * All partners and the accords with them.
 */
export type Partners = { 
/**
 * When this was so.
 */
time_ms: number, 
/**
 * One row a partner, in order of name.
 */
rows: Array<PartnerRow>, 
/**
 * Every accord the node holds, in order of id.
 */
accords: Array<AccordRow>, };

/**
 * A person at a console.
 */
export type Person = { 
/**
 * The name.
 */
name: string, 
/**
 * The position at which they sit. A partner is told it; the name it is not, unless they say
 * something to the partner.
 */
position: string | null, };

/**
 * The picture or a change of it.
 */
export type Picture = { 
/**
 * Counts up by one with each change; a full picture has the number that the next change
 * follows. A gap means resync.
 */
seq: number, 
/**
 * The engine's time when it made this.
 */
time_ms: number, 
/**
 * Seconds that the newest data are behind the engine's time; none before any arrived.
 */
data_age_s: number | null, 
/**
 * True: forget everything and start from this one.
 */
full: boolean, 
/**
 * The partner whose view this is: what it was sent, under the numbers it was sent. None: our
 * own picture.
 */
seen_as?: string, 
/**
 * Tracks whose state changed.
 */
states: TrackStates, 
/**
 * Tracks whose description changed, or that are new.
 */
descriptions: Array<TrackDescription>, 
/**
 * Tracks that left the picture.
 */
ended: Array<TrackEnd>, 
/**
 * All tracks in the picture after this message.
 */
tracks_total: number, 
/**
 * What overload has cost since the start; all zero when nothing was lost.
 */
shed: Shed, };

/**
 * A point of a route and when the track is over it.
 */
export type PlanPoint = { 
/**
 * As the plan names it.
 */
name: string, 
/**
 * As planned.
 */
planned_ms: number, 
/**
 * By the track's place and present ground speed; none: it is behind, or the track is too slow.
 */
estimate_ms: number | null, 
/**
 * Planned level from there on, feet of pressure altitude.
 */
level_ft: number | null, 
/**
 * Behind the track.
 */
passed: boolean, };

/**
 * What became of a sensor's plots since the start.
 */
export type PlotFates = { 
/**
 * Moved a track.
 */
used: number, 
/**
 * Had no position, and refreshed what is known of a track.
 */
refreshed: number, 
/**
 * Fitted no track, and began one that is not shown yet.
 */
unassociated: number, 
/**
 * Were refused: by name of the reason, most frequent first.
 */
refused: Array<DefectCount>, };

/**
 * What people are asked to confirm.
 */
export type Proposal = "take_over" | "hand_back";

/**
 * An answer to a partner's proposal.
 */
export type ProposalAnswer = "accept" | "refuse";

/**
 * What a partner proposes.
 */
export type ProposalRow = { 
/**
 * Track number.
 */
number: number, 
/**
 * Who.
 */
party: string, 
/**
 * What.
 */
identity: Identity, 
/**
 * The person who proposes it; none: it is what the partner's node calls the track.
 */
by: string | null, 
/**
 * Why, in that person's words.
 */
why: string, 
/**
 * When it was said.
 */
at_ms: number | null, };

/**
 * How far a proposal is.
 */
export type ProposalState = "sent" | "received" | "accepted" | "refused" | "over";

/**
 * What is asked for.
 */
export type Purpose = "information" | "consultation" | "back_up" | "assistance";

/**
 * The node refused what the console asked.
 */
export type Refused = { 
/**
 * What was asked.
 */
asked: string, 
/**
 * Why not, for the operator.
 */
reason: string, };

/**
 * What an unmanned aircraft tells of itself by Remote ID. None of it is proved.
 */
export type RemoteId = { 
/**
 * What it calls itself.
 */
id: string, 
/**
 * What kind of identification that is: "serial number".
 */
id_kind: string, 
/**
 * Another identification that it tells beside it.
 */
also: string | null, 
/**
 * By which way it came last: "Wi-Fi beacon".
 */
transport: string, 
/**
 * Addresses of those who sent it, first heard first.
 */
transmitters: Array<string>, 
/**
 * Power at the receiver, dBm, if it says.
 */
signal_dbm: number | null, 
/**
 * What it says of its flight: "airborne"; none if nothing.
 */
status: string | null, 
/**
 * Height above take-off or ground, feet.
 */
height_ft: number | null, 
/**
 * Above what: "take-off" or "ground".
 */
height_above: string, 
/**
 * Where its operator is, or where it took off, degrees.
 */
operator_lat_deg: number | null, 
/**
 * The same.
 */
operator_lon_deg: number | null, 
/**
 * What that place is: "operator", "take-off" or "fixed place".
 */
operator_place: string, 
/**
 * The operator's registration.
 */
operator_id: string | null, 
/**
 * Free text.
 */
text: string | null, 
/**
 * Whether it sent authentication; it is kept and not verified.
 */
authentication: boolean, 
/**
 * What of it cannot be, or hardly, in words.
 */
doubts: Array<string>, 
/**
 * Whether something of that cannot be.
 */
impossible: boolean, 
/**
 * Seconds since it was last heard.
 */
age_s: number, };

/**
 * How an operator came to know who a track is.
 */
export type ReportMeans = "visual" | "voice";

/**
 * What one party did about a request.
 */
export type ReportRow = { 
/**
 * Who.
 */
party: string, 
/**
 * What a person said of it.
 */
said: SaidWords, };

/**
 * One request and what came of it.
 */
export type RequestRow = { 
/**
 * Who asks.
 */
asker: string, 
/**
 * That party's number for it.
 */
number: number, 
/**
 * The accord.
 */
accord: string, 
/**
 * The article in it.
 */
article: string, 
/**
 * For what.
 */
purpose: Purpose, 
/**
 * In words.
 */
text: string, 
/**
 * The incident it concerns.
 */
incident: string | null, 
/**
 * The person or position that asks.
 */
by: string, 
/**
 * When it was raised.
 */
raised_ms: number, 
/**
 * When the answer is due.
 */
due_ms: number, 
/**
 * Whether this party is asked and has not answered.
 */
to_answer: boolean, 
/**
 * Whether it was taken back, and why.
 */
withdrawn: SaidWords | null, 
/**
 * Who is asked, in order.
 */
asked: Array<AskedRow>, 
/**
 * What was done, oldest first.
 */
reports: Array<ReportRow>, 
/**
 * Everybody who knows of it, in order.
 */
audience: Array<string>, 
/**
 * Parties that told different things under one name.
 */
contradicted: Array<string>, };

/**
 * All requests that the node knows, and under what it may ask.
 */
export type Requests = { 
/**
 * Articles under which this party may ask, in order.
 */
articles: Array<AskArticle>, 
/**
 * Requests, oldest first.
 */
rows: Array<RequestRow>, 
/**
 * Old requests that made place for newer ones; the ledger has them.
 */
dropped: number, };

/**
 * How many tracks one rule decides about now.
 */
export type RuleCount = { 
/**
 * The article, or the reason.
 */
rule: string, 
/**
 * How many.
 */
count: number, };

/**
 * What a person said.
 */
export type SaidWords = { 
/**
 * When.
 */
at_ms: number, 
/**
 * What.
 */
words: string, 
/**
 * The person or position.
 */
by: string, };

/**
 * Everything of one track.
 */
export type Selected = { 
/**
 * Track number.
 */
number: number, 
/**
 * When this was so.
 */
time_ms: number, 
/**
 * Latitude, degrees.
 */
lat_deg: number, 
/**
 * Longitude, degrees.
 */
lon_deg: number, 
/**
 * Geometric height above WGS-84, feet, if something measured it.
 */
height_ft: number | null, 
/**
 * Pressure altitude, feet.
 */
level_ft: number | null, 
/**
 * Seconds since it was told.
 */
level_age_s: number | null, 
/**
 * Standard deviation of the speed, knots.
 */
speed_sd_kt: number, 
/**
 * Since when the track exists.
 */
first_ms: number, 
/**
 * NIC, NACp, SIL as the target claims.
 */
nic: number | null, 
/**
 * Navigation accuracy category for position.
 */
nac_p: number | null, 
/**
 * Source integrity level.
 */
sil: number | null, 
/**
 * ADS-B version.
 */
adsb_version: number | null, 
/**
 * Who contributes, latest first.
 */
sources: Array<SourceRow>, 
/**
 * Who told what it is shown with: the position first, and of each value the newest, but of a position
 * also each partner whose own is joined to it. A value without a row is worked out here, or nobody
 * told it since the console first looked, nor shortly before.
 */
told: Array<ToldRow>, 
/**
 * What it tells by Remote ID.
 */
remote_id: RemoteId | null, 
/**
 * The plan that it flies.
 */
plan: TrackPlan | null, 
/**
 * How its identity came about.
 */
who?: TrackIdentity, 
/**
 * Which of partners' tracks it is, and of which a person said that it is not.
 */
pairs: Array<PairRow>, };

/**
 * What a radar measures too much, as its traffic shows it.
 */
export type SensorBias = { 
/**
 * Slant range, metres.
 */
range_m: BiasRow, 
/**
 * Azimuth, degrees, clockwise.
 */
azimuth_deg: BiasRow, 
/**
 * Time stamp less true time of measurement, seconds.
 */
time_s: BiasRow, 
/**
 * Samples that they rest on; 0 where nothing is known.
 */
samples: number, 
/**
 * Whether ADS-B tells it; else other radars alone, and an error that all share is not seen.
 */
absolute: boolean, 
/**
 * Whether plots are corrected by it: it is significant.
 */
applied: boolean, };

/**
 * How a sensor is, as someone says.
 */
export type SensorCondition = "operational" | "degraded" | "initialising" | "disconnected" | "inhibited" | "unknown";

/**
 * Where a sensor has seen tracks within the last hour, or since it is counted.
 */
export type SensorCover = { 
/**
 * "SAC/SIC".
 */
sensor: string, 
/**
 * When this was so.
 */
time_ms: number, 
/**
 * From when on it is counted; none: it is not, and `uncounted` says why.
 */
since_ms: number | null, 
/**
 * Why nothing is counted, in words.
 */
uncounted: string | null, 
/**
 * Where its antenna stands: latitude, longitude, degrees, if known.
 */
site_deg: [number, number] | null, 
/**
 * The antenna over the ellipsoid, metres.
 */
height_m: number | null, 
/**
 * Cells around, the first from true north on, clockwise.
 */
sectors: number, 
/**
 * Cells outward.
 */
rings: number, 
/**
 * Depth of a cell, NM.
 */
ring_nm: number, 
/**
 * How far it is said to see, NM; none: cells go out as far as an en-route radar sees.
 */
range_nm: number | null, 
/**
 * By level, the lowest first.
 */
bands: Array<CoverBand>, };

/**
 * How a sensor does.
 */
export type SensorHealth = "good" | "degraded" | "silent" | "waiting";

/**
 * A mark of an antenna's turn.
 */
export type SensorMark = { 
/**
 * Which.
 */
kind: MarkKind, 
/**
 * Azimuth at which the antenna was, degrees, if told.
 */
azimuth_deg: number | null, 
/**
 * Seconds since it came.
 */
age_s: number, };

/**
 * A sensor's health as the node judges it.
 */
export type SensorRow = { 
/**
 * "SAC/SIC".
 */
id: string, 
/**
 * Name.
 */
name: string, 
/**
 * "radar", "ADS-B", "MLAT", "system tracks".
 */
kind: string, 
/**
 * The feed it comes by.
 */
feed: string, 
/**
 * Judgement.
 */
health: SensorHealth, 
/**
 * Why, in words, when not healthy: "silent 74 s", "connection refused".
 */
note: string | null, 
/**
 * Messages a second over the last ten seconds.
 */
messages_per_s: number, 
/**
 * Plots a second over the last ten seconds.
 */
plots_per_s: number, 
/**
 * Milliseconds since its last good message; none if it never sent one.
 */
silent_ms: number | null, 
/**
 * Measured rotation period, seconds.
 */
period_s: number | null, 
/**
 * Antenna, if known.
 */
lat_deg: number | null, 
/**
 * Antenna, if known.
 */
lon_deg: number | null, 
/**
 * Good messages since the start.
 */
messages: number, 
/**
 * Plots since the start.
 */
plots: number, 
/**
 * Named defects since the start, most frequent first.
 */
defects: Array<DefectCount>, 
/**
 * What was wrong last with flight plans that it brought, in words, the newest last.
 */
told: Array<string>, 
/**
 * How many of its expected plots came of late, where it turns.
 */
detection: DetectionShare | null, 
/**
 * What it measures too much beside what it may; none for what is no radar: that is not estimated.
 */
bias: SensorBias | null, 
/**
 * What became of its plots since the start; none for a feed as such.
 */
fates: PlotFates | null, 
/**
 * The last mark of north or south that it sent, and the last of a sector.
 */
marks: Array<SensorMark>, 
/**
 * What it says of itself and what processing systems say of it, itself first.
 */
said: Array<SensorSaid>, 
/**
 * Tracks that only it holds.
 */
alone: number, };

/**
 * What someone says of a sensor (CAT034, CAT063 and the like).
 */
export type SensorSaid = { 
/**
 * The name of who says it; none: the sensor itself.
 */
teller: string | null, 
/**
 * Seconds since it came.
 */
age_s: number, 
/**
 * How it is, if told.
 */
condition: SensorCondition | null, 
/**
 * Names of what is wrong: "time_source_invalid".
 */
troubles: Array<string>, 
/**
 * What it measures too much.
 */
biases: ToldBiases, 
/**
 * Whether our own look at what arrives says otherwise than `condition`.
 */
differs: boolean, };

/**
 * All sensors.
 */
export type Sensors = { 
/**
 * When this was so.
 */
time_ms: number, 
/**
 * One row a sensor, in configured order, then in order of discovery.
 */
rows: Array<SensorRow>, };

/**
 * What a person here proposes of a track that a partner owns.
 */
export type SentProposalRow = { 
/**
 * Track number.
 */
number: number, 
/**
 * The owner.
 */
party: string, 
/**
 * What.
 */
identity: Identity, 
/**
 * Why.
 */
why: string, 
/**
 * Who.
 */
by: string, 
/**
 * When.
 */
at_ms: number, 
/**
 * Under which article.
 */
article: string, 
/**
 * How far it is.
 */
state: ProposalState, 
/**
 * The owner's answer, or why it is over.
 */
answer: SaidWords | null, 
/**
 * Why it is not on its way.
 */
held_up: string | null, };

/**
 * Node to console.
 */
export type ServerMessage = { "type": "hello" } & Hello | { "type": "picture" } & Picture | { "type": "sensors" } & Sensors | { "type": "sensor_cover" } & SensorCover | { "type": "selected" } & Selected | { "type": "partners" } & Partners | { "type": "explained" } & Explained | { "type": "held_back" } & HeldBack | { "type": "requests" } & Requests | { "type": "back_ups" } & BackUps | { "type": "alerts" } & Alerts | { "type": "incidents" } & Incidents | { "type": "incident" } & IncidentDetail | { "type": "identity_desk" } & IdentityDesk | { "type": "pairs" } & Pairs | { "type": "areas" } & Areas | { "type": "airspace_times" } & AirspaceTimes | { "type": "refused" } & Refused;

/**
 * What a console is told of the person at it: the answer of `/api/v1/session`.
 */
export type SessionState = { 
/**
 * Whether people sign in here at all.
 */
required: boolean, 
/**
 * Whether the first administrator has still to come.
 */
first: boolean, 
/**
 * Who it is; none: nobody has signed in.
 */
person: SignedIn | null, 
/**
 * What the button to the identity provider says; none: there is no provider.
 */
provider: string | null, };

/**
 * What fell out of bounded queues since the node started.
 */
export type Shed = { 
/**
 * Bytes of feeds that could not be taken in time.
 */
feed_bytes: number, 
/**
 * Tracks dropped at the bound.
 */
tracks: number, 
/**
 * Picture messages not sent to consoles that were too slow.
 */
messages: number, };

/**
 * Whoever signed in.
 */
export type SignedIn = { 
/**
 * The name that stands under all they do.
 */
name: string, 
/**
 * Where they sit.
 */
position: string | null, 
/**
 * What they are here for, in words.
 */
roles: Array<string>, 
/**
 * By name of the act that they may not do: why not.
 */
refusals: { [key in string]: string }, };

/**
 * Whether the picture is of now.
 */
export type SourceKind = "live" | "replay";

/**
 * Kind of measurement that holds a track.
 */
export type SourceOfTrack = "primary" | "secondary" | "ads_b" | "rebroadcast" | "mlat" | "system_track" | "remote_id" | "flarm";

/**
 * One sensor's part in the selected track.
 */
export type SourceRow = { 
/**
 * "SAC/SIC".
 */
sensor: string, 
/**
 * The sensor's name.
 */
name: string, 
/**
 * How its last plot came about.
 */
kind: SourceOfTrack, 
/**
 * Seconds since its last plot that was used.
 */
age_s: number, 
/**
 * How many of its plots were used.
 */
plots: number, };

/**
 * Who stands in.
 */
export type StandInRow = { 
/**
 * Who.
 */
party: string, 
/**
 * Since when.
 */
since_ms: number, 
/**
 * Who confirmed it.
 */
by: Array<string>, };

/**
 * A partner's suspension of an accord.
 */
export type SuspendedBy = { 
/**
 * Which accord.
 */
accord: string, 
/**
 * Since when, by the partner's clock.
 */
since_ms: number, };

/**
 * One article or caveat that says what a partner may be told now.
 */
export type TermRow = { 
/**
 * The accord's id.
 */
accord: string, 
/**
 * The first eight digits of the SHA-256 of the text by which this party goes, as far as it shares it
 * with the others; none where that is not known.
 */
text: string | null, 
/**
 * When people approved that text, milliseconds since 1970; none where nobody had to.
 */
approved_ms: number | null, 
/**
 * The article's number, or the caveat's.
 */
article: string, 
/**
 * In a few words.
 */
title: string | null, 
/**
 * What an article lets out: "tracks", "plots", "alerts", "incidents", "coverage"; none for a caveat.
 */
lets_out: string | null, 
/**
 * How exactly at most, or what a caveat keeps; empty where nothing is reduced.
 */
words: string, 
/**
 * How late it is told at least, seconds.
 */
delay_s: number, };

/**
 * By which text of an accord another party goes.
 */
export type TextRow = { 
/**
 * Which party.
 */
party: string, 
/**
 * When it was approved there, milliseconds since 1970.
 */
at_ms: number, 
/**
 * Whether it says the same as the one that counts here, beside each party's caveats and suspensions.
 */
same: boolean, };

/**
 * What a processing system says a sensor measures too much; none is not told.
 */
export type ToldBiases = { 
/**
 * Time stamps, seconds.
 */
time_s: number | null, 
/**
 * Slant range of secondary radar, metres.
 */
secondary_range_m: number | null, 
/**
 * Azimuth of secondary radar, degrees.
 */
secondary_azimuth_deg: number | null, 
/**
 * Slant range of primary radar, metres.
 */
primary_range_m: number | null, 
/**
 * Azimuth of primary radar, degrees.
 */
primary_azimuth_deg: number | null, };

/**
 * A value that a track is shown with.
 */
export type ToldField = "position" | "level" | "velocity" | "climb" | "callsign" | "squawk" | "address" | "category";

/**
 * Who told one of the values of the selected track last.
 */
export type ToldRow = { 
/**
 * Which value.
 */
field: ToldField, 
/**
 * The sensor's name, or the partner.
 */
by: string, 
/**
 * "SAC/SIC"; none: a partner told it.
 */
sensor: string | null, 
/**
 * How the plot that told it came about; none: a partner told it.
 */
kind: SourceOfTrack | null, 
/**
 * Seconds since it was measured.
 */
age_s: number, };

/**
 * What a track is, apart from where.
 */
export type TrackDescription = { 
/**
 * Track number.
 */
number: number, 
/**
 * Standard identity.
 */
identity: Identity, 
/**
 * What a first person wants it to be; a second one has not confirmed it.
 */
proposed?: Identity, 
/**
 * 24-bit address as six hex digits, `~` first if it is not ICAO's.
 */
address: string | null, 
/**
 * Callsign.
 */
callsign: string | null, 
/**
 * Mode 3/A code, four octal digits.
 */
squawk: string | null, 
/**
 * Kind of craft, as people say it: "large", "rotorcraft".
 */
category: string | null, 
/**
 * Kinds of source that hold it now, in a fixed order; none if a partner alone tells of it.
 */
sources: Array<SourceOfTrack>, 
/**
 * What partners say of it, in order of party: beside our word, never in its place. The first
 * is its teller where `told` is true.
 */
words: Array<PartnerWord>, 
/**
 * Whether a partner alone tells of it.
 */
told: boolean, 
/**
 * The party that owns it: whose number and identity the joint picture goes by. None where that
 * is not worked out.
 */
owner: string | null, 
/**
 * The party that is about to own it.
 */
owner_next: string | null, 
/**
 * What an unmanned aircraft calls itself by Remote ID; its address then is but this node's
 * number for it.
 */
remote_id: string | null, };

/**
 * A track that left the picture.
 */
export type TrackEnd = { 
/**
 * Track number.
 */
number: number, 
/**
 * "lost", "merged", "superseded" or "shed".
 */
reason: string, 
/**
 * The track that took its place, if one did.
 */
successor: number | null, };

/**
 * How the identity of the selected track came about.
 */
export type TrackIdentity = { 
/**
 * What it is.
 */
identity: Identity, 
/**
 * What the machine makes of the evidence, whatever people decided.
 */
machine: Identity, 
/**
 * What people decided; none: the machine's answer holds.
 */
decided: DecidedRow | null, 
/**
 * What waits for a second person.
 */
waiting: WaitingRow | null, 
/**
 * Whether this party decides. Else a decision here is a word to the owner.
 */
ours: boolean, 
/**
 * What partners propose and nobody here has answered.
 */
proposals: Array<ProposalRow>, 
/**
 * The partner to whom an identity can be proposed: it owns the track, and an article lets us.
 */
propose_to: string | null, 
/**
 * What people here proposed to it, newest first.
 */
sent: Array<SentProposalRow>, 
/**
 * Evidence, what counts most first.
 */
evidence: Array<EvidenceRow>, 
/**
 * Changes, newest first.
 */
history: Array<ChangeRow>, 
/**
 * Older changes that made place for newer ones; the journal has them.
 */
history_dropped: number, };

/**
 * The plan that a track flies, and how the track keeps to it.
 */
export type TrackPlan = { 
/**
 * Callsign of the plan.
 */
callsign: string, 
/**
 * By what it was found to be the track's: "callsign", "address", "code", "route".
 */
found_by: string, 
/**
 * Departure, as the plan names it.
 */
departure: string, 
/**
 * Destination, as the plan names it.
 */
destination: string, 
/**
 * The code that it was given.
 */
code: string | null, 
/**
 * Beside the route, NM, positive to the right of it; none: its route is not known.
 */
aside_nm: number | null, 
/**
 * Over the level that it should have, feet.
 */
above_ft: number | null, 
/**
 * After the planned time here, seconds; before it, negative.
 */
late_s: number | null, 
/**
 * Points of the route: those just flown over and those ahead, at most [`PLAN_POINTS`].
 */
points: Array<PlanPoint>, 
/**
 * Points before the first of them.
 */
points_before: number, 
/**
 * Points after the last of them.
 */
points_after: number, };

/**
 * Moving state of tracks, by column.
 */
export type TrackStates = { 
/**
 * Track number.
 */
number: Array<number>, 
/**
 * Latitude, 1e-6 degree.
 */
lat_e6: Array<number>, 
/**
 * Longitude, 1e-6 degree.
 */
lon_e6: Array<number>, 
/**
 * Pressure altitude, feet; none if never told.
 */
level_ft: Array<number | null>, 
/**
 * Speed over the ground, knots.
 */
speed_kt: Array<number>, 
/**
 * True track over the ground, tenths of a degree.
 */
track_ddeg: Array<number>, 
/**
 * Climb rate, feet a minute; none if unknown.
 */
climb_fpm: Array<number | null>, 
/**
 * When the last plot moved it, milliseconds before the message's `time_ms`.
 */
age_ms: Array<number>, 
/**
 * See [`TRACK_COASTING`] and its neighbours.
 */
flags: Array<number>, 
/**
 * Semi-major axis of the 95 % position ellipse, metres.
 */
ellipse_major_m: Array<number>, 
/**
 * Semi-minor axis, metres.
 */
ellipse_minor_m: Array<number>, 
/**
 * True direction of the major axis, degrees in [0, 180).
 */
ellipse_deg: Array<number>, 
/**
 * The only one of our sensors that holds it now, as its row of `sensors`, the first is 0; none
 * where several do, or none does.
 */
only_sensor: Array<number | null>, };

/**
 * Where the map opens.
 */
export type View = { 
/**
 * Centre latitude, degrees.
 */
lat_deg: number, 
/**
 * Centre longitude, degrees.
 */
lon_deg: number, 
/**
 * Half the height of the map, NM.
 */
radius_nm: number, };

/**
 * An identity that a first person wants.
 */
export type WaitingRow = { 
/**
 * Track number.
 */
number: number, 
/**
 * What.
 */
identity: Identity, 
/**
 * Who; the first of them cannot confirm it.
 */
by: Array<string>, 
/**
 * Why.
 */
why: string, 
/**
 * When.
 */
at_ms: number, 
/**
 * Until when it can be confirmed.
 */
until_ms: number, 
/**
 * The track for which it was decided, if that one went over into this.
 */
carried: number | null, };

/**
 * What a piece of evidence counts for one class.
 */
export type WeightRow = { 
/**
 * "civil", "friend", "neutral", or "doubt", which counts against each.
 */
towards: string, 
/**
 * Points now.
 */
points: number, 
/**
 * Points while it is fresh.
 */
points_fresh: number, };

/** Version of this protocol. */
export const PROTOCOL = 1;

/** Bit of `flags`: the position is predicted. */
export const TRACK_COASTING = 1;

/** Bit of `flags`: on the ground. */
export const TRACK_ON_GROUND = 2;

/** Bit of `flags`: special position identification. */
export const TRACK_IDENT = 4;

/** Bit of `flags`: its speed is not known. */
export const TRACK_SPEED_UNKNOWN = 8;

/** Bit of a cell: the sensor saw a track there. */
export const COVER_SEEN = 1;

/** Bit of a cell: a track of ours was there, whoever saw it. */
export const COVER_FLOWN = 2;
