// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.compare;

import java.util.Set;
import org.synapsegateway.importer.nginx.Decision;
import org.synapsegateway.importer.nginx.Question;

/**
 * A verdict about one request, and why.
 *
 * @param why for people; the empty text if the verdict says it all
 */
record Judgement(Verdict verdict, String why) {
  /** Groups that one process serves, and whose requests fail at others (docs/workers.md). */
  private static final Set<String> HARD =
      Set.of(
          "typing",
          "to-device",
          "account-data",
          "receipts",
          "presence",
          "push-rules",
          "device-lists",
          "thread-subscriptions",
          "delayed-events",
          "media",
          "quarantined-media",
          "sso",
          "rendezvous");

  /**
   * Judges a request.
   *
   * @param workers all workers that the routes have
   * @param main those of the main process
   */
  static Judgement of(
      Question question,
      Decision nginx,
      Ours ours,
      Addresses addresses,
      Set<String> workers,
      Set<String> main) {
    return switch (nginx.kind()) {
      case UNKNOWN -> new Judgement(Verdict.CANNOT_TELL, nginx.doubt());
      case OTHER ->
          new Judgement(Verdict.NOT_SYNAPSES, "nginx answers it itself: " + nginx.doubt());
      case ANSWERED -> answered(nginx.status(), ours);
      case SENT -> sent(question, nginx, ours, addresses, workers, main);
    };
  }

  private static Judgement answered(int status, Ours ours) {
    boolean refuses = status >= 400;
    if (ours.servedBy() == null) {
      return ours.status() == status || refuses && ours.status() >= 400
          ? new Judgement(Verdict.SAME, "")
          : new Judgement(Verdict.ACCESS_DIFFERS, "");
    }
    return refuses
        ? new Judgement(Verdict.ACCESS_DIFFERS, "nginx lets nobody in here, the routes do")
        : new Judgement(Verdict.NOT_SYNAPSES, "nginx answers it itself, with " + status);
  }

  private static Judgement sent(
      Question question,
      Decision nginx,
      Ours ours,
      Addresses addresses,
      Set<String> workers,
      Set<String> main) {
    Set<String> servers = addresses.of(nginx.target());
    boolean isForeign = servers.stream().noneMatch(workers::contains);
    if (isForeign) {
      return new Judgement(
          Verdict.NOT_SYNAPSES, "no worker of the routes is at " + String.join(", ", servers));
    }
    if (ours.servedBy() == null) {
      return new Judgement(Verdict.ACCESS_DIFFERS, "nginx lets it in, the gateway does not");
    }
    if (!nginx.uri().equals(question.target())) {
      return new Judgement(
          Verdict.WOULD_BREAK, "nginx sends it as " + nginx.uri() + ", the routes as it came");
    }
    return servers.equals(ours.servers())
        ? new Judgement(Verdict.SAME, "")
        : elsewhere(servers, ours, main);
  }

  private static Judgement elsewhere(Set<String> servers, Ours ours, Set<String> main) {
    boolean fromMain = main.containsAll(servers);
    boolean toMain = main.containsAll(ours.servers());
    boolean isHard = HARD.contains(ours.group());
    if (fromMain) {
      return new Judgement(
          Verdict.BETTER, "a worker can serve it, nginx sends it to the main process");
    }
    if (isHard) {
      return toMain
          ? new Judgement(
              Verdict.WOULD_BREAK,
              "the group "
                  + ours.group()
                  + " has no worker in the routes, and the main process may not be able to")
          : new Judgement(
              Verdict.WOULD_BREAK,
              "one process serves it, and the two send it to different ones: see stream_writers");
    }
    return toMain
        ? new Judgement(Verdict.LOAD_DIFFERS, "the main process serves it, in nginx a worker")
        : new Judgement(Verdict.LOAD_DIFFERS, "other workers");
  }
}
