/** What a terminal obeys, hides or reorders: everything but text, line feeds and tabs. */
export const unprintable = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|\p{Default_Ignorable_Code_Point}/u;
