// Who may come in: for administrators. And what everybody did, for those who may read it.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { AccountRow, AuditRow } from '../generated/wire';
import { Glyph } from '../shell/Glyph';
import { invitationLink, mayNot, peopleOpen, person, send } from './state';
import { ROLES, roleWords, standing } from './words';
import { heard, t } from '../language/language';

const path = (name: string, what: string): string => `api/v1/people/${encodeURIComponent(name)}/${what}`;

async function fetched<T>(from: string): Promise<T | string> {
  try {
    const answer = await fetch(from, { cache: 'no-store' });
    return answer.ok ? ((await answer.json()) as T) : heard((await answer.text()).trim());
  } catch {
    return t`The node does not answer.`;
  }
}

export function PeopleDialog() {
  const sheet = useRef<HTMLDialogElement>(null);
  const open = peopleOpen.value;
  useEffect(() => {
    const element = sheet.current!;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);
  return (
    <dialog ref={sheet} class="people-dialog" id="people-dialog" aria-labelledby="people-title" onClose={() => (peopleOpen.value = false)}>
      {open && <Body />}
    </dialog>
  );
}

function Body() {
  const manages = mayNot('manage-people') === null;
  const reads = mayNot('read-audit') === null;
  return (
    <>
      <header class="desk-head">
        <h2 id="people-title">{t`People`}</h2>
        <button type="button" class="icon-button push" aria-label={t`Close (Esc)`} onClick={() => (peopleOpen.value = false)}>
          <Glyph shape="close" />
        </button>
      </header>
      {manages && <Accounts />}
      {reads && <Audit />}
    </>
  );
}

function Accounts() {
  const rows = useSignal<readonly AccountRow[]>([]);
  const problem = useSignal<string | null>(null);
  const link = useSignal<{ name: string; link: string } | null>(null);
  const load = async (): Promise<void> => {
    const got = await fetched<AccountRow[]>('api/v1/people');
    if (typeof got === 'string') problem.value = got;
    else rows.value = got;
  };
  useEffect(() => void load(), []);
  const change = async (done: Promise<{ ok: unknown } | { problem: string }>): Promise<boolean> => {
    const came = await done;
    problem.value = 'problem' in came ? came.problem : null;
    await load();
    return 'ok' in came;
  };
  const invited = async (name: string, done: Promise<{ ok: { invitation: string } } | { problem: string }>): Promise<boolean> => {
    const came = await done;
    if ('ok' in came) link.value = { name, link: invitationLink(window.location, came.ok.invitation) };
    return change(Promise.resolve(came));
  };
  return (
    <>
      {problem.value && (
        <p class="problem" role="alert">
          <Glyph shape="diamond" /> {problem.value}
        </p>
      )}
      {link.value && (
        <div class="invitation" role="status">
          <p>
            {t`For ${link.value.name}, once; hand it over in person or by a way you trust:`}
          </p>
          <input type="text" readOnly id="invitation-link" aria-label={t`Address of the invitation`} value={link.value.link} onFocus={(event) => event.currentTarget.select()} />
          <button type="button" class="button small" onClick={() => (link.value = null)}>
            {t`Done`}
          </button>
        </div>
      )}
      <table class="people">
        <thead>
          <tr>
            <th scope="col">{t`Name`}</th>
            {ROLES.map(([name, words]) => (
              <th key={name} scope="col" class="role">
                {words}
              </th>
            ))}
            <th scope="col">{t`Stands`}</th>
            <th scope="col">
              <span class="visually-hidden">{t`Change`}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.value.map((row) => (
            <Account key={row.name} row={row} change={change} invited={invited} />
          ))}
        </tbody>
      </table>
      <Invite invited={invited} />
    </>
  );
}

type Change = (done: Promise<{ ok: unknown } | { problem: string }>) => Promise<boolean>;
type InvitedTo = (name: string, done: Promise<{ ok: { invitation: string } } | { problem: string }>) => Promise<boolean>;

function Account({ row, change, invited }: { row: AccountRow; change: Change; invited: InvitedTo }) {
  const own = row.name === person.value?.name;
  const vouched = t`The identity provider's groups give the roles.`;
  const fixed = own ? t`Another administrator changes your roles.` : row.vouched ? vouched : null;
  const toggle = (role: string): void => {
    const roles = row.roles.includes(role) ? row.roles.filter((one) => one !== role) : [...row.roles, role];
    void change(send('PUT', path(row.name, 'roles'), { roles }));
  };
  return (
    <tr class={row.shut_out ? 'shut-out' : ''}>
      <th scope="row">
        {row.name}
        {row.position && <small class="muted"> {row.position}</small>}
      </th>
      {ROLES.map(([name, words]) => (
        <td key={name} class="role">
          <input type="checkbox" aria-label={`${row.name}: ${words}`} checked={row.roles.includes(name)} disabled={fixed !== null} title={fixed ?? words} onChange={() => toggle(name)} />
        </td>
      ))}
      <td>{standing(row)}</td>
      <td class="buttons">
        <button type="button" class="button small" disabled={row.vouched} title={row.vouched ? t`They sign in at the identity provider.` : t`A new invitation, by which they choose a new password`} onClick={() => void invited(row.name, send('POST', path(row.name, 'invitation'), null))}>
          {t`New password`}
        </button>
        <button type="button" class="button small" disabled={own} title={own ? t`Another administrator shuts you out.` : ''} onClick={() => void change(send('PUT', path(row.name, 'shut-out'), { shut_out: !row.shut_out }))}>
          {row.shut_out ? t`Let in again` : t`Shut out`}
        </button>
      </td>
    </tr>
  );
}

function Invite({ invited }: { invited: InvitedTo }) {
  const name = useSignal('');
  const seat = useSignal('');
  const roles = useSignal<readonly string[]>(['viewer']);
  const missing = name.value.trim() === '' ? t`Say whom.` : roles.value.length === 0 ? t`Choose a role.` : null;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (missing) return;
    const body = { name: name.value.trim(), position: seat.value.trim() || null, roles: roles.value };
    if (await invited(body.name, send('POST', 'api/v1/people', body))) {
      name.value = '';
      seat.value = '';
    }
  };
  return (
    <form class="invite" id="invite" onSubmit={submit} aria-label={t`Invite somebody`}>
      <label class="field">
        {t`Name`}
        <input type="text" id="invite-name" maxLength={64} value={name.value} onInput={(event) => (name.value = event.currentTarget.value)} />
      </label>
      <label class="field">
        {t`Position`}
        <input type="text" maxLength={64} placeholder={t`shift lead`} value={seat.value} onInput={(event) => (seat.value = event.currentTarget.value)} />
      </label>
      <fieldset>
        <legend class="visually-hidden">{t`Roles`}</legend>
        {ROLES.map(([role, words, does]) => (
          <label key={role} class="check" title={does}>
            <input
              type="checkbox"
              checked={roles.value.includes(role)}
              onChange={() => (roles.value = roles.value.includes(role) ? roles.value.filter((one) => one !== role) : [...roles.value, role])}
            />
            {words}
          </label>
        ))}
      </fieldset>
      <button type="submit" class="button primary" disabled={missing !== null} title={missing ?? ''}>
        {t`Invite`}
      </button>
    </form>
  );
}

function Audit() {
  const rows = useSignal<readonly AuditRow[] | string>([]);
  const load = async (): Promise<void> => {
    rows.value = await fetched<AuditRow[]>('api/v1/audit');
  };
  return (
    <details class="audit" onToggle={(event) => void (event.currentTarget.open && load())}>
      <summary>{t`What was done, the newest first`}</summary>
      {typeof rows.value === 'string' ? (
        <p class="problem">{rows.value}</p>
      ) : (
        <table>
          <thead>
            <tr>
              {[t`When`, t`Who`, t`From¦address`, t`What`, t`About`, t`Outcome`].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.value.map((row, i) => (
              <tr key={rows.value.length - i}>
                <td class="num">{row.at.replace('T', ' ')}</td>
                <td>{row.who || '–'}</td>
                <td class="num">{row.from}</td>
                <td lang="en">{row.act}</td>
                <td class="about">{row.about}</td>
                <td lang="en" class={row.outcome.startsWith('refused') ? 'tone-warning' : ''}>{row.outcome}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}

/** In the bar: who sits here, the way out, and the list for those who look after it. */
export function WhoSits() {
  const who = person.value;
  if (!who) return null;
  const list = mayNot('manage-people') === null || mayNot('read-audit') === null;
  return (
    <span class="chip who-sits" title={who.roles.map(roleWords).join(', ')}>
      <b>{who.name}</b>
      <span class="muted">{who.position ?? who.roles.map(roleWords).join(', ')}</span>
      {list && (
        <button type="button" class="button small" id="people-button" onClick={() => (peopleOpen.value = true)}>
          {t`People`}
        </button>
      )}
    </span>
  );
}
