/** An error as Windows writes it: `0x` and eight hexadecimal digits. */
export const HRESULT = /^0[xX][0-9A-Fa-f]{8}$/;

/** The activation server says that the MAK has exceeded its limit (B-5). */
export const MAK_LIMIT_EXCEEDED = '0xC004C020';
