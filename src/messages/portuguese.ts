/** The messages in Portuguese. */
import type { Translation } from './subject.ts';

export const portuguese: Translation = {
  unsupported: [
    'Este dispositivo não pode usar chaves de acesso aqui.',
    'Entre de outra forma ou tente com outro navegador ou dispositivo.',
  ],
  insecure_context: ['As chaves de acesso não funcionam nesta página.', 'Entre de outra forma.'],
  not_permitted: [
    'As chaves de acesso não funcionam nesta parte da página.',
    'Abra a página em uma aba própria ou entre de outra forma.',
  ],
  aborted: ['Operação interrompida.', 'Tente novamente quando quiser.'],
  cancelled: [
    'A janela foi fechada ou nenhuma chave de acesso foi encontrada.',
    'Tente novamente ou entre de outra forma.',
  ],
  timed_out: ['Demorou demais.', 'Tente novamente e confirme um pouco antes.'],
  already_registered: [
    'Este dispositivo já tem uma chave de acesso para esta conta.',
    'Entre com ela ou crie uma em outro dispositivo.',
  ],
  no_credential: [
    'Não há nenhuma chave de acesso neste dispositivo.',
    'Entre de outra forma. Depois você pode criar uma chave de acesso.',
  ],
  wrong_relying_party: ['As chaves de acesso não funcionam neste endereço.', 'Entre de outra forma.'],
  authenticator_failed: [
    'Seu dispositivo não conseguiu concluir a operação.',
    'Tente novamente ou use outro dispositivo.',
  ],
  invalid_options: ['As chaves de acesso não funcionam no momento.', 'Entre de outra forma.'],
  invalid_credential: [
    'Seu dispositivo deu uma resposta que não pode ser usada.',
    'Use outro dispositivo ou entre de outra forma.',
  ],
  not_signed_in: ['Você não entrou na sua conta.', 'Entre primeiro e tente novamente.'],
  rejected: ['Esta chave de acesso não foi aceita.', 'Tente novamente ou entre de outra forma.'],
  rate_limited: ['Houve tentativas demais.', 'Espere um momento e tente novamente.'],
  unreachable: ['Não foi possível contatar o servidor.', 'Verifique sua conexão e tente novamente.'],
  invalid_response: [
    'As chaves de acesso não funcionam no momento.',
    'Tente novamente em instantes ou entre de outra forma.',
  ],
  unknown_passkey: [
    'Esta chave de acesso não é conhecida aqui.',
    'Entre de outra forma e depois crie uma nova chave de acesso.',
  ],
  expired: ['Esta tentativa não é mais válida.', 'Tente novamente.'],
  not_allowed: ['Isso não é permitido para a sua conta.', 'Escolha outra forma ou peça ajuda.'],
  too_many_passkeys: [
    'Esta conta não pode ter mais chaves de acesso.',
    'Remova uma que você não usa mais e tente novamente.',
  ],
  unexpected: ['Algo deu errado nesta página.', 'Recarregue a página e tente novamente.'],
  retry: (when) => `Tente novamente ${when}.`,
};
