// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Channel;
import org.apache.camel.DelegateProcessor;
import org.apache.camel.Endpoint;
import org.apache.camel.EndpointAware;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.exchange.SharedServices;
import org.synapsegateway.identity.KeyKind;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.request.Request;
import org.synapsegateway.whoami.UserDirectory;
import org.synapsegateway.worker.WorkerEndpoint;
import org.synapsegateway.worker.WorkerListEndpoint;

/**
 * The workers of one {@code loadBalance} block, in the order of the YAML, with the ring and the
 * load by which one is chosen. The workers of a list take the place of its step. Safe for any
 * thread.
 *
 * @param bean has the options of the block
 * @param kind the kind of key, if it is not the user
 * @param drained returns whether a worker is drained
 * @param load the requests in flight; null without a {@code balanceFactor}
 * @param fallback the step after the workers, or null
 * @param failover that step, if it may take requests whose workers cannot be reached; else null
 * @param users finds the user of a request; null to take it from the token only, as nginx does
 * @param watch is told the keys, or null
 */
record Block(
    ConsistentHash bean,
    List<AsyncProcessor> processors,
    List<WorkerEndpoint> workers,
    HashKey key,
    KeyKind kind,
    HashRing ring,
    SmoothRoundRobin turns,
    IntPredicate drained,
    @Nullable BoundedLoad load,
    @Nullable AsyncProcessor fallback,
    @Nullable AsyncProcessor failover,
    @Nullable UserDirectory users,
    @Nullable HashKeyListener watch) {
  @Nullable Slice key(Exchange exchange, Request request) {
    // with a single worker, the key is needed only so that users take turns in its queue
    boolean needed = workers.size() > 1 || workers.get(0).getMaxInFlight() > 0;
    return needed ? key.find(exchange, request) : Slice.EMPTY;
  }

  /**
   * The block that has these steps.
   *
   * @throws IllegalArgumentException if they cannot be balanced
   */
  static Block of(ConsistentHash bean, List<AsyncProcessor> steps) {
    List<AsyncProcessor> processors = new ArrayList<>(steps);
    AsyncProcessor fallback = takeFallback(processors);
    List<WorkerEndpoint> workers = new ArrayList<>();
    List<HashRing.Member> members = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<AsyncProcessor> ways = new ArrayList<>();
    boolean listed = false;
    for (AsyncProcessor processor : processors) {
      WorkerListEndpoint list = WorkerListEndpoint.behind(endpoint(processor));
      listed |= list != null;
      Map<WorkerEndpoint, AsyncProcessor> found =
          list == null ? Map.of(worker(processor), processor) : list.steps(processor);
      found.forEach(
          (worker, way) -> {
            if (!names.add(worker.getServer())) {
              throw new IllegalArgumentException(
                  "the loadBalance block has worker:%s twice; remove one step, and give the other a weight"
                      .formatted(worker.address().server()));
            }
            workers.add(worker);
            members.add(member(worker));
            ways.add(way);
          });
    }
    if (workers.isEmpty() && fallback == null && !listed) {
      throw new IllegalArgumentException(
          "the loadBalance block has no workers; add a step \"to: worker:unix:/path.sock\"");
    }
    int[] weights = members.stream().mapToInt(HashRing.Member::weight).toArray();
    IntPredicate drained = member -> workers.get(member).isDrained();
    CamelContext context = bean.getCamelContext();
    return new Block(
        bean,
        List.copyOf(ways),
        List.copyOf(workers),
        HashKey.of(bean.getKey(), context),
        HashKey.kind(bean.getKey()),
        new HashRing(members, bean.getPoints()),
        new SmoothRoundRobin(weights),
        drained,
        bean.getBalanceFactor() == 0
            ? null
            : new BoundedLoad(bean.getBalanceFactor(), drained, weights),
        fallback,
        bean.isFallback() ? fallback : null,
        SharedServices.of(context).get(UserDirectory.class),
        SharedServices.of(context).get(HashKeyListener.class));
  }

  /** Takes the last step from the list if it is no worker. */
  private static @Nullable AsyncProcessor takeFallback(List<AsyncProcessor> processors) {
    int last = processors.size() - 1;
    Endpoint endpoint = last < 0 ? null : endpoint(processors.get(last));
    boolean isWorker =
        WorkerEndpoint.behind(endpoint) != null || WorkerListEndpoint.behind(endpoint) != null;
    return last < 0 || isWorker ? null : processors.remove(last);
  }

  private static WorkerEndpoint worker(Processor step) {
    Endpoint endpoint = endpoint(step);
    WorkerEndpoint worker = WorkerEndpoint.behind(endpoint);
    if (worker != null) {
      return worker;
    }
    throw new IllegalArgumentException(
        "ConsistentHash takes steps \"to: worker:...\" and one fallback after them; move %s to the end"
            .formatted(endpoint == null ? step : endpoint.getEndpointUri()));
  }

  /** The endpoint that a step sends to, or null. */
  static @Nullable Endpoint endpoint(Processor step) {
    Processor inner = step;
    while (inner instanceof Channel || inner instanceof DelegateProcessor) {
      inner =
          inner instanceof Channel channel
              ? channel.getNextProcessor()
              : ((DelegateProcessor) inner).getProcessor();
    }
    return inner instanceof EndpointAware aware ? aware.getEndpoint() : null;
  }

  /** A worker as a member of the ring. */
  static HashRing.Member member(WorkerEndpoint worker) {
    return new HashRing.Member(worker.getServer(), worker.getWeight());
  }

  /** The share of all keys that each worker has; see {@link ConsistentHash#shares}. */
  double[] shares(Predicate<WorkerEndpoint> gone) {
    // drained workers have a share only if all others are drained too
    boolean others =
        IntStream.range(0, workers.size())
            .anyMatch(i -> !drained.test(i) && !gone.test(workers.get(i)));
    return ring.shares(i -> gone.test(workers.get(i)) || others && drained.test(i));
  }

  /** The workers that requests with this key are sent to; see {@link ConsistentHash#order}. */
  List<String> order(byte... key) {
    List<String> order = new ArrayList<>();
    if (!workers.isEmpty()) {
      RingWalk walk = new RingWalk(ring, turns.copy(), drained);
      for (int member = walk.first(Slice.of(key)); member >= 0; member = walk.next()) {
        order.add(workers.get(member).getServer());
      }
    }
    return order;
  }
}
