// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.StartupError;
import org.synapsegateway.discovery.Names;
import org.synapsegateway.exchange.SharedServices;
import org.synapsegateway.fleet.Fleet;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.loadbalance.HashKeyListener;
import org.synapsegateway.loadbalance.WriterFirst;
import org.synapsegateway.net.Loops;
import org.synapsegateway.process.Generation;
import org.synapsegateway.process.SharedState;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;
import org.synapsegateway.whoami.UserDirectory;
import org.synapsegateway.worker.WorkerComponent;
import org.synapsegateway.worker.WorkerEndpoint;
import org.synapsegateway.worker.WorkerException;
import org.synapsegateway.worker.Workers;

/**
 * The gateway of the working directory, without listeners and without connections to workers: it
 * routes requests as the real one does, and records the result.
 *
 * <p>Every worker counts as unreachable, so that a request visits all workers that it might be sent
 * to, in their order. Other steps with a side effect are skipped. Opens no port and no socket.
 * Confined to one thread.
 */
public final class DryRun implements AutoCloseable {
  private static final String RESULT = DryRunResult.class.getName();

  /** Nothing is waited for but the routes' own steps. */
  private static final int MAX_SECONDS = 10;

  private final Generation generation;
  private final Loops loops = new Loops(1);
  private final Workers workers = new Workers();

  @SuppressWarnings("NullAway.Init") // prepare() sets it
  private SideEffectRemover calm;

  /** The result of the request under way; confined to the loop. */
  private @Nullable DryRunResult current;

  private DryRun(Map<String, String> properties) {
    generation = new Generation(properties, this::prepare);
    generation.addMainListener(
        new MainListenerSupport() {
          @Override
          public void afterConfigure(BaseMainSupport main) {
            calm.allAreLoaded();
          }
        });
  }

  /**
   * Loads settings and routes.
   *
   * @throws RuntimeException if one of them is not right; {@link StartupError} explains it
   */
  public static DryRun start() {
    return start(Map.of());
  }

  /**
   * As {@link #start()}.
   *
   * @param properties values of keys that count before all others
   */
  public static DryRun start(Map<String, String> properties) {
    DryRun dryRun = new DryRun(properties);
    try {
      dryRun.generation.start();
      return dryRun;
    } catch (RuntimeException e) {
      dryRun.close();
      throw e;
    }
  }

  public CamelContext context() {
    return generation.getCamelContext();
  }

  public Fleet fleet() {
    return generation.fleet();
  }

  public Settings settings() {
    return generation.settings();
  }

  /**
   * Sends a request of this peer through the routes, past all workers that might be asked.
   *
   * @throws IllegalStateException if the request does not come to an end
   */
  public DryRunResult send(RequestHead head, InetAddress peer) {
    return ended(begin(head, peer, true));
  }

  /**
   * Waits for a request that was begun.
   *
   * @throws IllegalStateException if the request does not come to an end
   */
  static DryRunResult ended(CompletableFuture<DryRunResult> begun) {
    try {
      return begun.get(MAX_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "The request does not come to the end of the routes within "
              + MAX_SECONDS
              + " s; is there a step that waits?",
          e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("The routes failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  /**
   * Begins to send a request of this peer through the routes, to the first worker that would be
   * asked; others may be begun before it has ended.
   */
  CompletableFuture<DryRunResult> sendToFirst(RequestHead head, InetAddress peer) {
    return begin(head, peer, false);
  }

  private CompletableFuture<DryRunResult> begin(
      RequestHead head, InetAddress peer, boolean goesOn) {
    CompletableFuture<DryRunResult> ended = new CompletableFuture<>();
    loops.all().get(0).eventLoop().execute(() -> send(head, peer, goesOn, ended));
    return ended;
  }

  private void send(
      RequestHead head, InetAddress peer, boolean goesOn, CompletableFuture<DryRunResult> ended) {
    try {
      generation
          .frontRoute()
          .dryRun(
              head,
              new InetSocketAddress(peer, 0),
              loops.all().get(0),
              (exchange, request) -> {
                DryRunResult begun = new DryRunResult(request, front(exchange), goesOn);
                current = begun;
                exchange.setProperty(RESULT, begun);
              },
              exchange -> {
                DryRunResult result = result(exchange);
                result.ended(exchange.getException(), exchange.getMessage().getBody());
                ended.complete(result);
              });
    } catch (Throwable e) { // Camel lets an Error out, of a predicate for instance
      ended.completeExceptionally(e);
    }
  }

  private static RouteDefinition front(Exchange exchange) {
    return ((ModelCamelContext) exchange.getContext())
        .getRouteDefinition(exchange.getFromRouteId());
  }

  private void prepare(Generation starting) {
    CamelContext context = starting.getCamelContext();
    HashKeyListener watch = (block, exchange, key) -> result(exchange).balanced(block, key);
    UserDirectory users =
        new UserDirectory(
            starting.whoAmI(), SharedState.limits(starting.settings()).withoutRates());
    workers.lookUpIn(Names.from(starting.settings().text(Setting.RESOLVERS)));
    SharedServices.of(context)
        .put(Workers.class, workers)
        .put(UserDirectory.class, users)
        .put(HashKeyListener.class, watch);
    context.getCamelContextExtension().addInterceptStrategy(new Notes());
    calm = new SideEffectRemover(context);
    NoEffects.in(context, calm);
    context
        .getComponent("worker", WorkerComponent.class)
        .replaceProducers(worker -> new Unreachable(worker));
  }

  private static DryRunResult result(Exchange exchange) {
    return exchange.getProperty(RESULT, DryRunResult.class);
  }

  @Override
  public void close() {
    generation.stop();
    workers.close();
    loops.close();
  }

  /** Records each step of a request, and skips those with a side effect. */
  private static final class Notes implements InterceptStrategy {
    @Override
    public Processor wrapProcessorInInterceptors(
        CamelContext context, NamedNode node, Processor target, Processor nextTarget) {
      ConsistentHash balancer =
          target instanceof ConsistentHash found
              ? found
              : nextTarget instanceof ConsistentHash found ? found : null;
      boolean writerFirst = target instanceof WriterFirst || nextTarget instanceof WriterFirst;
      ProcessorDefinition<?> step = (ProcessorDefinition<?>) node;
      boolean passedOver = NoEffects.isPassedOver(context, step);
      return new DelegateAsyncProcessor(target) {
        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
          DryRunResult result = result(exchange);
          if (result != null) {
            result.came(step, balancer, writerFirst);
            if (result.isEndless()) {
              exchange.setException(new IllegalStateException("the routes go round in circles"));
            }
          }
          if (passedOver || result != null && result.isEndless()) {
            callback.done(true);
            return true;
          }
          return super.process(exchange, callback);
        }
      };
    }
  }

  /** Replaces a worker's producer, and reaches no worker. */
  private final class Unreachable extends DefaultAsyncProducer {
    private final WorkerEndpoint worker;

    Unreachable(WorkerEndpoint worker) {
      super(worker);
      this.worker = worker;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      DryRunResult result = result(exchange);
      if (result == null) {
        // not a route's request but the gateway's own question whose token it is
        Objects.requireNonNull(current).wondered();
      } else {
        result.asked(worker);
      }
      boolean goesOn = result == null || result.goesOn();
      exchange.setException(
          new WorkerException(Failure.WORKER_UNREACHABLE, "this is a dry run", goesOn));
      callback.done(true);
      return true;
    }
  }
}
