/** Words from elsewhere that go to a terminal: they must not steer it, nor show in another order than they are read. */

/** Control characters (they begin escape sequences) but for tab and line feed, and the overrides of writing direction. */
const STEERING = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu;

/** The text with `\ufffd` for each character that would steer a terminal; offsets stay what they were. */
export const printable = (text: string): string => text.replace(STEERING, '\ufffd');
