// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.request.Request;
import org.synapsegateway.worker.WorkerEndpoint;

/**
 * What happened to one request in a {@link DryRun}: the steps that it took and the workers that it
 * would have been sent to, each because those before could not be reached.
 *
 * <p>Confined to one request.
 */
public final class DryRunResult {
  /**
   * A step that the request came to.
   *
   * @param route its route; that of the step before, or the front route, if it is in a handler that
   *     several routes share
   * @param balancer what balances the step, if it is a {@code loadBalance} block of workers; else
   *     null
   * @param writerFirst whether it is a block that prefers the writer
   */
  record Step(
      ProcessorDefinition<?> node,
      RouteDefinition route,
      @Nullable ConsistentHash balancer,
      boolean writerFirst) {}

  /**
   * A worker that would be asked.
   *
   * @param server its name, as {@code unix:/path.sock}
   * @param route the route that would send the request there
   * @param holdMillis how long the request would wait for it
   */
  public record Attempt(String server, RouteDefinition route, long holdMillis) {}

  /**
   * The key by which a block of workers chose.
   *
   * @param key the key, which may be a secret; empty if the workers are chosen in turn
   */
  public record Balanced(ConsistentHash block, Slice key) {}

  /** More steps than any request takes, unless the routes have a loop. */
  private static final int MAX_STEPS = 10_000;

  private final Request request;
  private final RouteDefinition front;
  private final boolean goesOn;
  private final List<Step> steps = new ArrayList<>();
  private final List<Attempt> attempts = new ArrayList<>();
  private final List<Balanced> balanced = new ArrayList<>();
  private boolean wondered;
  private int stepsToFirstAttempt = -1;
  private @Nullable Throwable failure;
  private boolean forgotten;
  private boolean over;

  /**
   * @param front the route that the request enters
   * @param goesOn whether it continues with the next worker after one that cannot be reached
   */
  DryRunResult(Request request, RouteDefinition front, boolean goesOn) {
    this.request = request;
    this.front = front;
    this.goesOn = goesOn;
  }

  boolean goesOn() {
    return goesOn;
  }

  void came(ProcessorDefinition<?> node, @Nullable ConsistentHash balancer, boolean writerFirst) {
    if (over) {
      return; // onCompletion runs when the request has its reply, beside whoever reads this
    }
    RouteDefinition route =
        standsInNoRoute(node) ? here() : ProcessorDefinitionHelper.getRoute(node);
    steps.add(new Step(node, route, balancer, writerFirst));
  }

  /** Whether it is in a handler that routes share. */
  private static boolean standsInNoRoute(ProcessorDefinition<?> node) {
    return ProcessorDefinitionHelper.getRoute(node) == null;
  }

  private RouteDefinition here() {
    return steps.isEmpty() ? front : steps.get(steps.size() - 1).route();
  }

  /** Whether there is no end to its steps. */
  boolean isEndless() {
    return steps.size() > MAX_STEPS;
  }

  void balanced(ConsistentHash block, Slice key) {
    if (!over) {
      balanced.add(new Balanced(block, key));
    }
  }

  void wondered() {
    wondered = true;
  }

  void asked(WorkerEndpoint worker) {
    if (over) {
      return;
    }
    if (attempts.isEmpty()) {
      stepsToFirstAttempt = steps.size();
    }
    attempts.add(new Attempt(worker.getServer(), here(), request.hurries() ? 0 : worker.getHold()));
  }

  /**
   * Nothing is added from now on.
   *
   * @param body what the message holds at the end
   */
  void ended(@Nullable Throwable reason, @Nullable Object body) {
    failure = reason;
    forgotten = reason == null && body == request;
    over = true;
  }

  Request request() {
    return request;
  }

  /** The steps up to the first worker, or all if there is none. */
  List<Step> steps() {
    return stepsToFirstAttempt < 0 ? steps : steps.subList(0, stepsToFirstAttempt);
  }

  /** The workers in the order in which they would be asked; none if the gateway itself answers. */
  public List<Attempt> attempts() {
    return attempts;
  }

  /** What the first block of workers was asked by; null if there was none. */
  public @Nullable Balanced balanced() {
    return balanced.isEmpty() ? null : balanced.get(0);
  }

  /** Whether a worker would be asked whose token it is. */
  boolean isTokenAskedAbout() {
    return wondered;
  }

  /** How the request ended; null if the routes made a reply of their own. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Whether the routes ended without a reply and without having asked a worker. */
  boolean isForgotten() {
    return forgotten;
  }

  /**
   * The route that the choices lead to, whether or not it has workers of its own; the front route
   * if the request does not leave it.
   */
  public String group() {
    RouteDefinition group = front;
    for (Step step : steps()) {
      if (step.route() == front || standsInNoRoute(step.node())) {
        continue; // whatever is done on the way
      }
      group = step.route();
      if (!isChoice(step.node()) && !isChoice(step.node().getParent())) {
        break;
      }
    }
    return group.getRouteId();
  }

  /** Whether the request prefers the writer of what it reads. */
  boolean followsWriter() {
    return steps().stream().anyMatch(Step::writerFirst);
  }

  /** The route whose own workers are no fallback: that of the group, or of the writer before it. */
  String ownRoute() {
    String own = group();
    boolean follows = false;
    for (Step step : steps()) {
      follows |= step.writerFirst();
      if (follows && !step.route().getRouteId().equals(own)) {
        return step.route().getRouteId();
      }
    }
    return own;
  }

  private static boolean isChoice(ProcessorDefinition<?> node) {
    return node instanceof ChoiceDefinition;
  }
}
