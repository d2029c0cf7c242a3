// Generated from crates/node/src/wire/rehearsal.rs by `cargo xtask codegen`: do not edit.

/**
 * A draft to rehearse over what this node recorded last.
 */
export type RehearsalAsked = { 
/**
 * The whole text of the draft accord.
 */
draft: string, 
/**
 * Over how many seconds before now.
 */
last_s: number, };

/**
 * What a draft would have told, beside what the accords of then told.
 */
export type RehearsalDone = { 
/**
 * Whose picture it was.
 */
party: string, 
/**
 * The draft's id.
 */
accord: string, 
/**
 * Whether an accord with this id is held today.
 */
amends: boolean, 
/**
 * First picture; none if there was none.
 */
first_ms: number | null, 
/**
 * Last picture.
 */
last_ms: number | null, 
/**
 * How many.
 */
pictures: number, 
/**
 * Every partner of either text, in order of name.
 */
partners: Array<RehearsedPartner>, };

/**
 * One object of which one text tells what the other does not.
 */
export type RehearsedObject = { 
/**
 * Our number of it.
 */
number: number, 
/**
 * What it is: "tracks", "incidents".
 */
kind: string, 
/**
 * 24-bit address, six hex digits.
 */
address: string | null, 
/**
 * Callsign.
 */
callsign: string | null, 
/**
 * From when.
 */
first_ms: number, 
/**
 * To when.
 */
last_ms: number, 
/**
 * The fields.
 */
fields: Array<string>, 
/**
 * The articles that let them out.
 */
articles: Array<string>, 
/**
 * Where it was then, in our picture.
 */
places: Array<RehearsedPlace>, };

/**
 * What one partner would have been told.
 */
export type RehearsedPartner = { 
/**
 * Who.
 */
party: string, 
/**
 * By the draft.
 */
draft: ToldAmount, 
/**
 * As it was.
 */
current: ToldAmount, 
/**
 * Objects released, by article.
 */
released: Array<RuleBeside>, 
/**
 * Objects withheld at one time or another, by reason.
 */
withheld: Array<RuleBeside>, 
/**
 * Objects of which the draft tells what was not told, or not so exactly or soon; those it tells
 * of longest first.
 */
more: Array<RehearsedObject>, 
/**
 * Objects of which it tells less.
 */
less: Array<RehearsedObject>, 
/**
 * How many there are of either, listed here or not.
 */
counted: [number, number], };

/**
 * Where an object was.
 */
export type RehearsedPlace = { 
/**
 * When.
 */
time_ms: number, 
/**
 * Latitude, degrees.
 */
lat_deg: number, 
/**
 * Longitude, degrees.
 */
lon_deg: number, };

/**
 * One rule, and of how many objects it decided.
 */
export type RuleBeside = { 
/**
 * The article, or the reason.
 */
rule: string, 
/**
 * By the draft.
 */
draft: number, 
/**
 * As it was.
 */
current: number, };

/**
 * How much went out.
 */
export type ToldAmount = { 
/**
 * Objects, as the partner numbers them.
 */
objects: number, 
/**
 * Updates of them.
 */
updates: number, 
/**
 * Fields in those.
 */
fields: number, };
