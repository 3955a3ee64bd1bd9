/**
 * `multihomed completion [bash|zsh|fish]`: what makes a shell complete our commands. The script asks the
 * program itself, which knows what may be typed (`grammar.ts`).
 */

import type { Command, Shell } from './command.ts';
import type { Terminal } from './terminal.ts';

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# eval "$(multihomed completion bash)" in ~/.bashrc, or save this as
# /usr/share/bash-completion/completions/multihomed
_multihomed() {
  local words=("\${COMP_WORDS[@]:0:COMP_CWORD+1}")
  mapfile -t COMPREPLY < <(compgen -W "$(multihomed --get-yargs-completions "\${words[@]}" 2>/dev/null)" \\
    -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _multihomed multihomed
`,
  zsh: `#compdef multihomed
# eval "$(multihomed completion zsh)" in ~/.zshrc, or save this as _multihomed in $fpath
_multihomed() {
  local -a found
  found=("\${(@f)$(multihomed --get-yargs-completions "\${words[@]:0:$CURRENT}" 2>/dev/null)}")
  compadd -a found || _files
}
compdef _multihomed multihomed
`,
  fish: `# save this as ~/.config/fish/completions/multihomed.fish
complete -c multihomed -a '(multihomed --get-yargs-completions (commandline -opc) (commandline -ct) 2>/dev/null)'
`,
};

/** Returns the exit code. */
export function runCompletion(
  { shell }: Extract<Command, { name: 'completion' }>,
  { stdout }: Terminal,
): number {
  stdout(SCRIPTS[shell]);
  return 0;
}
