/** A refusal by the emulator: one of Twilio's error codes and its HTTP status. */

const statuses: Record<number, number> = {
  60311: 403,
  60317: 409,
  60318: 403,
  60322: 403,
  60323: 403,
  60324: 403,
  60326: 429,
  // Twilio does not document the status of these five. It is a guess from similar codes.
  60382: 403,
  60383: 403,
  60390: 404,
  60391: 404,
  60392: 404,
};

export class Refusal extends Error {
  readonly code: number;
  readonly status: number;

  constructor(code: number, message: string, status = statuses[code] ?? 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
