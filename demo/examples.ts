export const examples: {
  id: string;
  title: string;
  step: 'register' | 'authenticate';
  make: () => Promise<string>;
}[] = [];
