// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.RoutePlace;
import org.synapsegateway.config.Secrets;
import org.synapsegateway.fault.Reason;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.loadbalance.HashRing;
import org.synapsegateway.request.ErrorCode;
import org.synapsegateway.request.Request;
import org.synapsegateway.worker.WorkerComponent;

/**
 * The way of one request, with the reasons: as text for people and as JSON for programs.
 *
 * @param request the method and the path; not the query, which may hold a token
 * @param client the client, as far as the gateway believes the request
 * @param doubt why it counts as a public client though its address may be a private one; or null
 * @param decisions the lines of the routes that decided, in their order
 * @param group the group that they lead to; null if the gateway itself answers
 * @param key what the group is balanced by; null if nothing
 * @param ring where the key is on the group's ring; null if it is on none
 * @param workers the workers to ask, in order, each if those before cannot be reached; none if the
 *     gateway answers
 * @param ifItDies what happens if the first worker ends while it has the request; null if there is
 *     none
 * @param answer the gateway's own answer if none of the workers can be reached
 */
public record Explanation(
    String request,
    String client,
    @Nullable String doubt,
    List<Decision> decisions,
    @Nullable Group group,
    @Nullable Key key,
    @Nullable Ring ring,
    List<Worker> workers,
    @Nullable String ifItDies,
    Answer answer) {

  /**
   * @param description what it is for, or null
   * @param rule what Synapse demands of it, or null if its file does not say
   */
  record Group(String name, @Nullable String description, @Nullable String rule) {}

  /**
   * @param by what the group's bean says
   * @param kind what the request has of it
   * @param shown the key, or digits of its hash if it is a secret; null if there is none
   * @param asksSynapse whether a worker is asked first whose token it is
   */
  record Key(String by, String kind, @Nullable String shown, boolean asksSynapse) {}

  /**
   * @param point the first point at or after the key, from 0
   * @param at the hash of that point, in eight digits
   * @param key the hash of the key
   */
  record Ring(int point, int points, String at, String key) {}

  /**
   * @param standsIn the other group whose worker it is; null if it is of the group itself
   * @param holdMillis how long the request waits for it while it is down
   */
  record Worker(String server, @Nullable String standsIn, long holdMillis) {}

  /**
   * The reply that the gateway makes itself.
   *
   * @param status 0 if a step of the routes answers, in its own way
   * @param errcode the Matrix error code, or null
   */
  public record Answer(int status, @Nullable String errcode, String error) {
    @Override
    public String toString() {
      return status == 0 ? error : status + " " + errcode + ": " + error;
    }
  }

  public static Explanation of(CamelContext context, DryRunResult result) {
    boolean answersItself = result.attempts().isEmpty();
    DryRunResult.Balanced balanced = answersItself ? null : result.balanced();
    return new Explanation(
        text(result.request().toString()),
        result.request().client().toString(),
        doubt(result.request().client()),
        Decisions.of(context, result),
        answersItself ? null : group(result),
        balanced == null ? null : key(result, balanced),
        balanced == null ? null : ring(balanced),
        workers(result),
        answersItself ? null : ifItDies(context, result),
        answer(result));
  }

  /** A head is bytes; people write UTF-8. */
  private static String text(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static @Nullable String doubt(Client client) {
    return switch (client.naming()) {
      case ITSELF, NAMED, RELAYED, MISSING -> null;
      case UNREADABLE -> "X-Forwarded-For or Forwarded " + client.flaw();
      case UNTRUSTED -> "it forwards, and is not in gateway.trusted-proxies";
    };
  }

  // ---- the group

  private static Group group(DryRunResult result) {
    String name = result.group();
    Optional<DryRunResult.Step> step =
        result.steps().stream().filter(each -> each.route().getRouteId().equals(name)).findFirst();
    return new Group(
        name,
        step.map(each -> each.route().getDescriptionText()).filter(Objects::nonNull).orElse(null),
        step.map(each -> RoutePlace.comment(each.route())).orElse(null));
  }

  private static Key key(DryRunResult result, DryRunResult.Balanced balanced) {
    Slice key = balanced.key();
    String by = balanced.block().getKey();
    if (key.isEmpty()) {
      String kind =
          balanced.block().size() == 1
              ? "none, as there is one worker"
              : "none in the request, so the workers come in turn";
      return new Key(by, kind, null, false);
    }
    Request request = result.request();
    return new Key(
        by,
        KeyDescription.of(by, request.head()),
        Secrets.of(request.head()).shown(key),
        result.isTokenAskedAbout());
  }

  private static @Nullable Ring ring(DryRunResult.Balanced balanced) {
    Slice key = balanced.key();
    if (key.isEmpty()) {
      return null;
    }
    HashRing ring = balanced.block().ring();
    int hash = HashRing.hash(key.array(), key.start(), key.end());
    int point = ring.pointFor(hash);
    return new Ring(
        point, ring.size(), "%08x".formatted(ring.hashAt(point)), "%08x".formatted(hash));
  }

  // ---- the workers

  private static List<Worker> workers(DryRunResult result) {
    List<Worker> workers = new ArrayList<>();
    String before = result.ownRoute();
    for (DryRunResult.Attempt attempt : result.attempts()) {
      String route = attempt.route().getRouteId();
      workers.add(
          new Worker(attempt.server(), route.equals(before) ? null : route, attempt.holdMillis()));
      before = route;
    }
    return workers;
  }

  /** By the rules of repetition: see ConsistentHash and WorkerCall. */
  private static String ifItDies(CamelContext context, DryRunResult result) {
    String method = result.request().method();
    WorkerComponent workers = context.getComponent("worker", WorkerComponent.class);
    if (!workers.isRepeatable(result.request())) {
      return answer(Failure.WORKER_CLOSED) + "; a " + method + " is not sent twice";
    }
    List<DryRunResult.Attempt> attempts = result.attempts();
    boolean hasNext =
        attempts.size() > 1
            && (attempts.get(1).route() == attempts.get(0).route() || result.followsWriter());
    DryRunResult.Balanced balanced = result.balanced();
    boolean staysWith =
        balanced != null && balanced.block().size() == 1 && attempts.get(0).holdMillis() > 0;
    if (!hasNext && !staysWith) {
      return answer(Failure.WORKER_CLOSED) + "; no other worker of its group is there";
    }
    return (hasNext
            ? result.followsWriter() ? "the next one is asked" : "the next of its group is asked"
            : "it is asked once more when it is back")
        + ", as a "
        + method
        + " may be sent twice"
        + (method.startsWith("P") ? " if its body is not above gateway.replay-max" : "");
  }

  // ---- what the gateway answers

  /** The gateway's own answer if none of the workers can be reached. */
  public static Answer answer(DryRunResult result) {
    Throwable failure = result.failure();
    if (failure instanceof HttpException http) {
      return answer(http.failure());
    }
    if (result.isForgotten()) {
      return new Answer(
          Failure.ROUTE_FAILED.status(),
          ErrorCode.of(Failure.ROUTE_FAILED),
          "no step sends it to a worker");
    }
    return failure == null
        ? new Answer(0, null, "the routes' own")
        : new Answer(
            Failure.ROUTE_FAILED.status(),
            ErrorCode.of(Failure.ROUTE_FAILED),
            "a route failed: " + Secrets.of(result.request().head()).hide(Reason.of(failure)));
  }

  private static Answer answer(Failure failure) {
    return new Answer(failure.status(), ErrorCode.of(failure), failure.error());
  }
}
