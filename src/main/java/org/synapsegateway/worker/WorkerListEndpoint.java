// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.discovery.Member;
import org.synapsegateway.discovery.MemberWatch;
import org.synapsegateway.exchange.KeepsNoExchange;

/**
 * Stands for all workers that a list names, each with the options of the list's URI. Which of them
 * gets a request says the {@code loadBalance} block that the step is in.
 *
 * <p>A worker that leaves the list keeps the requests that it has. Safe for any thread.
 */
public final class WorkerListEndpoint extends DefaultEndpoint implements KeepsNoExchange {
  /** On an exchange: the worker that the block has chosen. */
  private static final String CHOSEN = WorkerListEndpoint.class.getName();

  private final WorkerComponent component;
  private final WorkerEndpoint template;
  private final WorkerList list;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Runnable changed = this::change;

  /** Null unless it is started. */
  private volatile @Nullable MemberWatch watch;

  /** Guarded by this. */
  private final Map<Member, Live> live = new LinkedHashMap<>();

  /** The servers that the list wants drained; guarded by this. */
  private Set<String> drained = Set.of();

  private volatile List<Live> known = List.of();

  /** A worker that can take requests. */
  private record Live(WorkerEndpoint worker, AsyncProducer producer) {}

  /**
   * @param server {@code srv:name} or {@code file:path}
   * @param template has the options
   */
  WorkerListEndpoint(
      String uri, WorkerComponent component, String server, WorkerEndpoint template) {
    super(uri, component);
    this.component = component;
    this.template = template;
    this.list = WorkerList.of(server, template.getConfiguration().isRingOfPorts());
  }

  /** The list behind an endpoint, before which an interceptor may stand; null if it is none. */
  public static @Nullable WorkerListEndpoint behind(@Nullable Endpoint endpoint) {
    return WorkerEndpoint.inner(endpoint) instanceof WorkerListEndpoint found ? found : null;
  }

  /** All workers that belong to the list, by their names in the ring; none before it is known. */
  public List<WorkerEndpoint> workers() {
    return known.stream().map(Live::worker).toList();
  }

  /** Why the list could not be read last, for people; null if it could. */
  public @Nullable String failure() {
    MemberWatch watched = watch;
    return watched == null ? null : watched.failure();
  }

  /** Tells of other workers from now on, from whatever thread. */
  public void listen(Runnable listener) {
    listeners.add(listener);
  }

  /** Stops notifying. */
  public void ignore(Runnable listener) {
    listeners.remove(listener);
  }

  /**
   * A step with this endpoint for each of its workers, by their names in the ring.
   *
   * @param step the step, with whatever Camel has put around it
   */
  public Map<WorkerEndpoint, AsyncProcessor> steps(AsyncProcessor step) {
    Map<WorkerEndpoint, AsyncProcessor> steps = new LinkedHashMap<>();
    // no lock: whoever makes a ring may hold one that a change waits for
    known.forEach(each -> steps.put(each.worker, new Chosen(step, each.producer)));
    return steps;
  }

  /** A step for requests to one worker. */
  private static final class Chosen extends AsyncProcessorSupport {
    private final AsyncProcessor step;
    private final AsyncProducer worker;

    Chosen(AsyncProcessor step, AsyncProducer worker) {
      this.step = step;
      this.worker = worker;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      exchange.setProperty(CHOSEN, worker);
      return step.process(exchange, callback);
    }
  }

  private synchronized void change() {
    MemberWatch watched = watch;
    if (watched == null) {
      return;
    }
    Map<Member, Live> now = begin(watched.members());
    Map<Member, Live> before = new LinkedHashMap<>(live);
    replaceBy(now);
    try {
      listeners.forEach(Runnable::run);
    } catch (RuntimeException e) { // a block has no place for them, so the previous ones stay
      replaceBy(before);
      listeners.forEach(Runnable::run);
      now.keySet().removeAll(before.keySet());
      now.values().forEach(WorkerListEndpoint::end);
      throw e;
    }
    before.keySet().removeAll(now.keySet()); // those that stay
    drain(before);
    before.values().forEach(WorkerListEndpoint::end);
  }

  private void replaceBy(Map<Member, Live> members) {
    live.clear();
    live.putAll(members);
    known = List.copyOf(live.values());
  }

  /**
   * Drains those that a file wants drained now, and brings back those that it does not any more.
   *
   * @param left what has gone or changed
   */
  private void drain(Map<Member, Live> left) {
    Set<String> wanted = drained(live.keySet());
    left.forEach(
        (member, gone) -> {
          if (member.drained() && !wanted.contains(member.server())) {
            gone.worker.drain(false);
          }
        });
    live.forEach(
        (member, here) -> {
          if (member.drained() && !drained.contains(member.server())) {
            here.worker.drain(true);
          }
        });
    drained = wanted;
  }

  private synchronized void drainedBefore(List<Member> members) {
    drained = drained(members);
  }

  private static Set<String> drained(Collection<Member> members) {
    return members.stream().filter(Member::drained).map(Member::server).collect(Collectors.toSet());
  }

  /** Those that are there already stay; if one cannot begin none does. */
  private Map<Member, Live> begin(List<Member> members) {
    Map<Member, Live> now = new LinkedHashMap<>();
    try {
      for (Member member : members) {
        Live stays = live.get(member);
        now.put(member, stays == null ? begin(member) : stays);
      }
      return now;
    } catch (RuntimeException e) {
      now.keySet().removeAll(live.keySet());
      now.values().forEach(WorkerListEndpoint::end);
      throw e;
    }
  }

  private Live begin(Member member) {
    WorkerEndpoint worker = template.member(member, component.memoryBudget());
    ServiceHelper.startService(worker);
    try {
      AsyncProducer producer = worker.createAsyncProducer();
      ServiceHelper.startService(producer);
      return new Live(worker, producer);
    } catch (Exception e) { // as the signature has it
      throw new IllegalStateException(e);
    }
  }

  private static void end(Live gone) {
    ServiceHelper.stopAndShutdownServices(gone.producer, gone.worker);
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    MemberLists lists = component.workers().lists();
    MemberWatch watched =
        lists.enter(list, template.getConfiguration().forgetMillis(list.kind().forgetMillis()));
    watch = watched;
    watched.listen(changed);
    if (lists.isShared(list)) {
      // those have been drained, and somebody may have brought them back
      drainedBefore(watched.members());
    }
    change(); // as a generation before may have asked already
  }

  @Override
  protected void doStop() throws Exception {
    MemberWatch watched = watch;
    if (watched != null) {
      watched.ignore(changed);
      component.workers().lists().leave(list);
      synchronized (this) {
        watch = null; // a change that is being told to all may still come
        live.values().forEach(WorkerListEndpoint::end);
        live.clear();
      }
    }
    super.doStop();
  }

  @Override
  public Producer createProducer() {
    return new DefaultAsyncProducer(this) {
      @Override
      public boolean process(Exchange exchange, AsyncCallback callback) {
        AsyncProducer chosen = exchange.getProperty(CHOSEN, AsyncProducer.class);
        if (chosen == null) {
          exchange.setException(
              new IllegalStateException(
                  list + " is in no loadBalance block with a ConsistentHash"));
          callback.done(true);
          return true;
        }
        return chosen.process(exchange, callback);
      }
    };
  }

  @Override
  public Consumer createConsumer(Processor processor) {
    throw new UnsupportedOperationException("worker: is where requests go to");
  }

  @Override
  public String toString() {
    return list.toString();
  }
}
