/** What an autostart file says. */
export interface DesktopEntry {
  readonly name: string;
  readonly exec: string;
}

/** Reads `Name` and `Exec` of the main group of a .desktop file (Desktop Entry Specification); empty where they are missing. */
export function parseDesktopEntry(content: string): DesktopEntry {
  let group = '[Desktop Entry]';
  const found = new Map<string, string>();
  for (const raw of content.split('\n')) {
    const line = raw.trim();
    if (line.startsWith('[')) group = line;
    const equals = line.indexOf('=');
    if (group !== '[Desktop Entry]' || equals < 0) continue;
    const key = line.slice(0, equals).trim();
    if (!found.has(key)) found.set(key, line.slice(equals + 1).trim());
  }
  return { name: found.get('Name') ?? '', exec: found.get('Exec') ?? '' };
}
