/** What Windows-1252 shows where ISO-8859-1 has control characters, by byte. */
const windows1252 = new Map<string, number>(
  [...'€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'].map((shown, i) => [
    shown,
    0x80 + i,
  ]),
);
/** A lead byte of UTF-8 and a byte that continues it, both read as single characters. */
const suspicious = /[\u00c2-\u00f4](?:[\u0080-\u00bf]|[€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ])/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Repairs text whose UTF-8 bytes were read as ISO-8859-1 or Windows-1252: "BeyoncÃ©" becomes
 * "Beyoncé", also where that happened twice. Text that is right stays as it is.
 */
export function repairMojibake(text: string): string {
  let repaired = text;
  for (let times = 0; times < 3 && suspicious.test(repaired); times++) {
    const bytes = singleBytes(repaired);
    if (!bytes) break;
    try {
      repaired = utf8.decode(bytes);
    } catch {
      break; // not UTF-8, so it was meant as it stands
    }
  }
  return repaired;
}

/** The bytes that the characters stand for; `undefined` when one of them stands for none. */
function singleBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const byte = code <= 0xff ? code : windows1252.get(text.charAt(i));
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
