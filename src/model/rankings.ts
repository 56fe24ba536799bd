import type { RankingName } from "#core/method.ts";
import { lastQuery } from "./rankings/last-query.ts";
import { pagerank } from "./rankings/pagerank.ts";
import type { Ranking } from "./rankings/ranking.ts";

/** What the words of core/method.ts stand for in the graph of an LLM. */
export const RANKING_GRAPHS: Readonly<Record<RankingName, Ranking>> = { pagerank, "last-query": lastQuery };
