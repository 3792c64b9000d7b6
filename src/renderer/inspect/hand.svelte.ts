/** @file Whether Space is held over the panes: then a press pans, whatever tool is chosen. */
class Hand {
  held = $state(false);

  readonly press = (event: KeyboardEvent): void => {
    // A button or a field that has the focus takes Space for itself.
    const busy = event.target instanceof HTMLElement && event.target !== document.body;
    if (event.key !== ' ' || busy) return;
    event.preventDefault();
    this.held = true;
  };

  readonly lift = (event: Event): void => {
    if (!(event instanceof KeyboardEvent) || event.key === ' ') this.held = false;
  };
}

export const hand = new Hand();
