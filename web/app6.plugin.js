// The APP-6 symbols of air tracks, as paths: milsymbol makes them while the console is built, so that the page
// carries a few hundred bytes of it instead of 840 kB. In its own frame: 200 wide, the true position at 100, 100.
import ms from 'milsymbol';

/** The standard identity digit of a symbol identification code (APP-6D, table A-III). */
const FRAMES = { pending: 0, unknown: 1, assumed_friend: 2, friend: 3, neutral: 4, suspect: 5, hostile: 6 };
/** Entities of the symbol set Air that say a craft's kind (APP-6D, table A-10) as civil craft have it. */
const ICONS = { wing: '120100', rotor: '120200', unmanned: '120300', balloon: '120400' };

const code = (identity, entity = '000000') => `100${identity}010000${entity}0000`;
const instructions = (sidc, icon) => {
  const symbol = new ms.Symbol(sidc, { size: 100 });
  if (!symbol.isValid()) throw new Error(`milsymbol does not know ${sidc}`);
  return symbol.drawInstructions.filter((one) => Boolean(one.icon) === icon);
};
const circle = ({ cx, cy, r }) => `M${cx - r},${cy} a${r},${r} 0 1 0 ${2 * r},0 a${r},${r} 0 1 0 ${-2 * r},0 Z`;
const path = (one) => (one.type === 'circle' ? circle(one) : one.d);
const each = (table, draw) => Object.fromEntries(Object.entries(table).map(([name, value]) => [name, draw(value)]));

const ID = 'virtual:app6';

export function app6() {
  return {
    name: 'app6',
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    load(id) {
      if (id !== `\0${ID}`) return null;
      const frames = each(FRAMES, (identity) => path(instructions(code(identity), false)[0]));
      const icons = each(ICONS, (entity) => instructions(code(3, entity), true).map(path).join(' '));
      return `export const FRAMES = ${JSON.stringify(frames)};\nexport const ICONS = ${JSON.stringify(icons)};\n`;
    },
  };
}
