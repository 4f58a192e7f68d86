/** What a guide can do with a script: copy its code, and search all guides. Without one it is read as it is. */
import { copyOnClick } from '../page/copy.ts';
import { startSearch } from './search.ts';

for (const button of document.querySelectorAll<HTMLButtonElement>('.code > button')) {
  copyOnClick(button, () => button.parentElement!.querySelector('code')!.textContent);
}
startSearch();
