/** The messages in German. */
import type { Translation } from './subject.ts';

export const german: Translation = {
  unsupported: [
    'Dieses Gerät kann hier keine Passkeys verwenden.',
    'Melden Sie sich auf andere Weise an, oder nehmen Sie einen anderen Browser oder ein anderes Gerät.',
  ],
  insecure_context: [
    'Passkeys funktionieren auf dieser Seite nicht.',
    'Melden Sie sich auf andere Weise an.',
  ],
  not_permitted: [
    'Passkeys funktionieren in diesem Teil der Seite nicht.',
    'Öffnen Sie die Seite in einem eigenen Tab, oder melden Sie sich auf andere Weise an.',
  ],
  aborted: ['Abgebrochen.', 'Versuchen Sie es erneut, wenn Sie bereit sind.'],
  cancelled: [
    'Die Abfrage wurde geschlossen, oder es wurde kein Passkey gefunden.',
    'Versuchen Sie es erneut, oder melden Sie sich auf andere Weise an.',
  ],
  timed_out: ['Das hat zu lange gedauert.', 'Versuchen Sie es erneut, und bestätigen Sie etwas schneller.'],
  already_registered: [
    'Dieses Gerät hat schon einen Passkey für dieses Konto.',
    'Melden Sie sich damit an, oder erstellen Sie einen auf einem anderen Gerät.',
  ],
  no_credential: [
    'Auf diesem Gerät gibt es keinen Passkey.',
    'Melden Sie sich auf andere Weise an. Danach können Sie einen Passkey erstellen.',
  ],
  wrong_relying_party: [
    'Passkeys funktionieren unter dieser Adresse nicht.',
    'Melden Sie sich auf andere Weise an.',
  ],
  authenticator_failed: [
    'Ihr Gerät konnte den Vorgang nicht abschließen.',
    'Versuchen Sie es erneut, oder verwenden Sie ein anderes Gerät.',
  ],
  invalid_options: ['Passkeys funktionieren gerade nicht.', 'Melden Sie sich auf andere Weise an.'],
  invalid_credential: [
    'Ihr Gerät hat eine Antwort gegeben, die nicht verwendet werden kann.',
    'Verwenden Sie ein anderes Gerät, oder melden Sie sich auf andere Weise an.',
  ],
  not_signed_in: [
    'Sie sind nicht angemeldet.',
    'Melden Sie sich zuerst an, und versuchen Sie es dann erneut.',
  ],
  rejected: [
    'Dieser Passkey wurde nicht akzeptiert.',
    'Versuchen Sie es erneut, oder melden Sie sich auf andere Weise an.',
  ],
  rate_limited: ['Es gab zu viele Versuche.', 'Warten Sie einen Moment, und versuchen Sie es dann erneut.'],
  unreachable: [
    'Der Server ist nicht erreichbar.',
    'Prüfen Sie Ihre Verbindung, und versuchen Sie es dann erneut.',
  ],
  invalid_response: [
    'Passkeys funktionieren gerade nicht.',
    'Versuchen Sie es gleich noch einmal, oder melden Sie sich auf andere Weise an.',
  ],
  unknown_passkey: [
    'Dieser Passkey ist hier nicht bekannt.',
    'Melden Sie sich auf andere Weise an, und erstellen Sie dann einen neuen Passkey.',
  ],
  expired: ['Dieser Versuch ist nicht mehr gültig.', 'Versuchen Sie es erneut.'],
  not_allowed: [
    'Das ist bei Ihrem Konto nicht erlaubt.',
    'Wählen Sie einen anderen Weg, oder bitten Sie um Hilfe.',
  ],
  too_many_passkeys: [
    'Dieses Konto kann keine weiteren Passkeys haben.',
    'Entfernen Sie einen, den Sie nicht mehr verwenden, und versuchen Sie es dann erneut.',
  ],
  unexpected: [
    'Auf dieser Seite ist ein Fehler aufgetreten.',
    'Laden Sie die Seite neu, und versuchen Sie es dann erneut.',
  ],
  retry: (when) => `Versuchen Sie es ${when} erneut.`,
};
