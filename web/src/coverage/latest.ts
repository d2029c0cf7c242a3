// Asks the planner one question of a kind at a time. While one is under way the newest other waits,
// and older ones are forgotten: dragging a mast asks as fast as answers come, and never starves.

export class Latest<Q, A> {
  private underWay: AbortController | null = null;
  private waiting: Q | null = null;

  constructor(
    private readonly send: (question: Q, signal: AbortSignal) => Promise<A>,
    private readonly told: (answer: A, question: Q) => void,
    private readonly failed: (problem: string) => void,
    /** What is under way is stale as soon as there is a newer question: it is withdrawn. */
    private readonly withdraws = false,
  ) {}

  ask(question: Q): void {
    this.waiting = question;
    if (this.underWay === null) void this.next();
    else if (this.withdraws) this.underWay.abort();
  }

  /** Withdraws all. */
  cancel(): void {
    this.waiting = null;
    this.underWay?.abort();
  }

  get busy(): boolean {
    return this.underWay !== null;
  }

  private async next(): Promise<void> {
    while (this.waiting !== null) {
      const question = this.waiting;
      this.waiting = null;
      const control = new AbortController();
      this.underWay = control;
      try {
        const answer = await this.send(question, control.signal);
        this.underWay = null;
        if (!control.signal.aborted) this.told(answer, question);
      } catch (error) {
        this.underWay = null;
        if (!control.signal.aborted) this.failed(error instanceof Error ? error.message : String(error));
      }
    }
  }
}
