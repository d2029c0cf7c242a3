// The planner's HTTP questions.

import type {
  Advice,
  AdviceAsked,
  Figures,
  FiguresAsked,
  Horizon,
  LayerAsked,
  NotDone,
  Opening,
  Predicted,
  PredictedAsked,
  SiteEntry,
} from '../generated/coverage';
import { heard, t } from '../language/language';

async function asked(what: string, question: unknown, signal?: AbortSignal): Promise<Response> {
  const init: RequestInit = signal ? { signal } : {};
  if (question !== undefined) Object.assign(init, { method: 'POST', body: JSON.stringify(question) });
  let response: Response;
  try {
    response = await fetch(`api/v1/coverage/${what}`, init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Error('the node does not answer');
  }
  if (response.ok) return response;
  const told = (await response.json().catch(() => null)) as NotDone | null;
  const problem = told ? heard(told.problem) : t`the node answers ${response.status}`;
  throw new Error(problem);
}

const json = async <A>(what: string, question: unknown, signal?: AbortSignal): Promise<A> =>
  (await asked(what, question, signal)).json() as Promise<A>;

export const askOpening = (): Promise<Opening> => json('opening', undefined);
export const askFigures = (question: FiguresAsked, signal?: AbortSignal): Promise<Figures> => json('figures', question, signal);
export const askHorizon = (site: SiteEntry, signal?: AbortSignal): Promise<Horizon> => json('horizon', site, signal);
export const askAdvice = (question: AdviceAsked, signal?: AbortSignal): Promise<Advice> => json('advice', question, signal);
export const askPredicted = (question: PredictedAsked, signal?: AbortSignal): Promise<Predicted> => json('predicted', question, signal);
export const askLayer = async (question: LayerAsked, signal?: AbortSignal): Promise<Uint8Array> =>
  new Uint8Array(await (await asked('layer', question, signal)).arrayBuffer());
