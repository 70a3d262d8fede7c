/** The characters that our slugs know nothing of, as ranges of their first two hexadecimal digits: docs/decisions/0010. */
export const LACKING: readonly (readonly [number, number])[] = [
  /** Ethiopic, Cherokee, Canadian syllabics, Ogham, runes. */
  [0x12, 0x16],
  /** Mongolian. */
  [0x18, 0x18],
  /** Han in circles and squares. */
  [0x32, 0x33],
  /** Han: of 20,902 signs each has a reading of its own, and no rule tells it. */
  [0x4e, 0x9f],
  /** Yi. */
  [0xa0, 0xa4],
  /** Han, once more, for round trips to older encodings. */
  [0xf9, 0xfa],
];
