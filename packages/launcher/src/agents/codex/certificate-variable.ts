/** Codex's own variable for a file of certificates that it trusts besides the system's. */
export const CERTIFICATE_VARIABLE = 'CODEX_CA_CERTIFICATE'
