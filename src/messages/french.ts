/** The messages in French. */
import type { Translation } from './subject.ts';

export const french: Translation = {
  unsupported: [
    'Cet appareil ne peut pas utiliser de clé d’accès ici.',
    'Connectez-vous autrement, ou essayez un autre navigateur ou un autre appareil.',
  ],
  insecure_context: ['Les clés d’accès ne fonctionnent pas sur cette page.', 'Connectez-vous autrement.'],
  not_permitted: [
    'Les clés d’accès ne fonctionnent pas dans cette partie de la page.',
    'Ouvrez la page dans son propre onglet, ou connectez-vous autrement.',
  ],
  aborted: ['Opération arrêtée.', 'Réessayez quand vous voulez.'],
  cancelled: [
    'La fenêtre a été fermée, ou aucune clé d’accès n’a été trouvée.',
    'Réessayez, ou connectez-vous autrement.',
  ],
  timed_out: ['L’opération a pris trop de temps.', 'Réessayez, et confirmez un peu plus tôt.'],
  already_registered: [
    'Cet appareil a déjà une clé d’accès pour ce compte.',
    'Connectez-vous avec elle, ou créez-en une sur un autre appareil.',
  ],
  no_credential: [
    'Il n’y a aucune clé d’accès sur cet appareil.',
    'Connectez-vous autrement. Vous pourrez créer une clé d’accès ensuite.',
  ],
  wrong_relying_party: ['Les clés d’accès ne fonctionnent pas à cette adresse.', 'Connectez-vous autrement.'],
  authenticator_failed: [
    'Votre appareil n’a pas pu terminer l’opération.',
    'Réessayez, ou utilisez un autre appareil.',
  ],
  invalid_options: ['Les clés d’accès ne fonctionnent pas en ce moment.', 'Connectez-vous autrement.'],
  invalid_credential: [
    'Votre appareil a donné une réponse inutilisable.',
    'Utilisez un autre appareil, ou connectez-vous autrement.',
  ],
  not_signed_in: ['Vous n’êtes pas connecté.', 'Connectez-vous d’abord, puis réessayez.'],
  rejected: ['Cette clé d’accès n’a pas été acceptée.', 'Réessayez, ou connectez-vous autrement.'],
  rate_limited: ['Il y a eu trop de tentatives.', 'Attendez un moment, puis réessayez.'],
  unreachable: ['Le serveur est injoignable.', 'Vérifiez votre connexion, puis réessayez.'],
  invalid_response: [
    'Les clés d’accès ne fonctionnent pas en ce moment.',
    'Réessayez dans un instant, ou connectez-vous autrement.',
  ],
  unknown_passkey: [
    'Cette clé d’accès n’est pas connue ici.',
    'Connectez-vous autrement, puis créez une nouvelle clé d’accès.',
  ],
  expired: ['Cette tentative n’est plus valable.', 'Réessayez.'],
  not_allowed: [
    'Votre compte ne permet pas cette opération.',
    'Choisissez un autre moyen ou demandez de l’aide.',
  ],
  too_many_passkeys: [
    'Ce compte ne peut pas avoir plus de clés d’accès.',
    'Supprimez-en une que vous n’utilisez plus, puis réessayez.',
  ],
  unexpected: ['Un problème est survenu sur cette page.', 'Rechargez la page, puis réessayez.'],
  retry: (when) => `Réessayez ${when}.`,
};
