/** Colours as a terminal takes them. */

/** The text in a colour, or as it is where colours are not wanted. */
export type Paint = (colour: Colour, text: string) => string;

/** SGR parameters. */
const COLOURS = { good: '32', bad: '31', warn: '33', dim: '2', bold: '1' } as const;

export type Colour = keyof typeof COLOURS;

export const plainPaint: Paint = (_colour, text) => text;

export const colourPaint: Paint = (colour, text) =>
  text === '' ? '' : `\x1b[${COLOURS[colour]}m${text}\x1b[0m`;
