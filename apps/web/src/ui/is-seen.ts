/** Drawn as nothing: white space, what Unicode lets a font leave out (fillers of Hangul among it), and the empty Braille cell. */
const UNSEEN = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\u2800]/gu;

/** Whether anything of a text is seen. */
export const isSeen = (text: string): boolean => text.replace(UNSEEN, '') !== '';
