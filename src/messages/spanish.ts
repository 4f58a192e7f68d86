/** The messages in Spanish. */
import type { Translation } from './subject.ts';

export const spanish: Translation = {
  unsupported: [
    'Este dispositivo no puede usar llaves de acceso aquí.',
    'Inicia sesión de otra manera o prueba con otro navegador o dispositivo.',
  ],
  insecure_context: ['Las llaves de acceso no funcionan en esta página.', 'Inicia sesión de otra manera.'],
  not_permitted: [
    'Las llaves de acceso no funcionan en esta parte de la página.',
    'Abre la página en su propia pestaña o inicia sesión de otra manera.',
  ],
  aborted: ['Se ha detenido.', 'Inténtalo de nuevo cuando quieras.'],
  cancelled: [
    'La ventana se cerró o no se encontró ninguna llave de acceso.',
    'Inténtalo de nuevo o inicia sesión de otra manera.',
  ],
  timed_out: ['Ha tardado demasiado.', 'Inténtalo de nuevo y confirma un poco antes.'],
  already_registered: [
    'Este dispositivo ya tiene una llave de acceso para esta cuenta.',
    'Inicia sesión con ella o crea una en otro dispositivo.',
  ],
  no_credential: [
    'No hay ninguna llave de acceso en este dispositivo.',
    'Inicia sesión de otra manera. Después podrás crear una llave de acceso.',
  ],
  wrong_relying_party: [
    'Las llaves de acceso no funcionan en esta dirección.',
    'Inicia sesión de otra manera.',
  ],
  authenticator_failed: [
    'Tu dispositivo no ha podido terminar la operación.',
    'Inténtalo de nuevo o usa otro dispositivo.',
  ],
  invalid_options: ['Las llaves de acceso no funcionan ahora mismo.', 'Inicia sesión de otra manera.'],
  invalid_credential: [
    'Tu dispositivo ha dado una respuesta que no se puede usar.',
    'Usa otro dispositivo o inicia sesión de otra manera.',
  ],
  not_signed_in: ['No has iniciado sesión.', 'Inicia sesión primero y vuelve a intentarlo.'],
  rejected: ['Esta llave de acceso no se ha aceptado.', 'Inténtalo de nuevo o inicia sesión de otra manera.'],
  rate_limited: ['Ha habido demasiados intentos.', 'Espera un momento e inténtalo de nuevo.'],
  unreachable: ['No se puede contactar con el servidor.', 'Comprueba tu conexión e inténtalo de nuevo.'],
  invalid_response: [
    'Las llaves de acceso no funcionan ahora mismo.',
    'Inténtalo de nuevo en un momento o inicia sesión de otra manera.',
  ],
  unknown_passkey: [
    'Esta llave de acceso no se conoce aquí.',
    'Inicia sesión de otra manera y crea una llave de acceso nueva.',
  ],
  expired: ['Este intento ya no es válido.', 'Inténtalo de nuevo.'],
  not_allowed: ['Esto no está permitido en tu cuenta.', 'Elige otra manera o pide ayuda.'],
  too_many_passkeys: [
    'Esta cuenta no puede tener más llaves de acceso.',
    'Elimina una que ya no uses e inténtalo de nuevo.',
  ],
  unexpected: ['Algo ha fallado en esta página.', 'Vuelve a cargar la página e inténtalo de nuevo.'],
  retry: (when) => `Inténtalo de nuevo ${when}.`,
};
