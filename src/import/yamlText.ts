/** The file's text. Only what an imported file needs: mappings in lines, lists in brackets. */

export type YamlValue = string | number | boolean | readonly YamlValue[] | YamlMapping;

export interface YamlMapping {
  readonly [key: string]: YamlValue;
}

/** Words that YAML readers take for something else than text. */
const NOT_TEXT = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n']);

/** `key: value` lines, indented by `depth` levels. */
export function mappingLines(mapping: YamlMapping, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  return Object.entries(mapping).flatMap(([key, value]) =>
    isMapping(value)
      ? [`${indent}${key}: { ${flow(value)} }`]
      : [`${indent}${key}: ${valueText(value)}`],
  );
}

function flow(mapping: YamlMapping): string {
  return Object.entries(mapping)
    .map(([key, value]) => `${key}: ${isMapping(value) ? `{ ${flow(value)} }` : valueText(value)}`)
    .join(', ');
}

export function valueText(value: Exclude<YamlValue, YamlMapping>): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  return typeof value === 'string' ? scalarText(value) : String(value);
}

function scalarText(text: string): string {
  const isPlain =
    /^[a-z][a-z0-9._-]*$/i.test(text) ||
    /^\d+(\.\d+){3}(\/\d+)?$/.test(text) ||
    /^\d+[smh]$/.test(text);
  return isPlain && !NOT_TEXT.has(text.toLowerCase()) ? text : JSON.stringify(text);
}

function isMapping(value: YamlValue): value is YamlMapping {
  return typeof value === 'object' && !Array.isArray(value);
}
