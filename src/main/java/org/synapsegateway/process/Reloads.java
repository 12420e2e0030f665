// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.fleet.Events;
import org.synapsegateway.fleet.RefusedReload;
import org.synapsegateway.metrics.Meter;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.settings.Settings;

/**
 * Reads the files again: starts another generation, which takes over once it has started whole. A
 * fault in the files changes nothing.
 *
 * <p>The lock on the generations keeps a reload from a gateway that starts or stops. Safe for any
 * thread, but one reload at a time.
 */
final class Reloads {
  /** Why nothing can be changed any more. */
  static final String STOPS = "the gateway stops";

  private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);

  private final Supplier<Generation> source;
  private final Generations generations;
  private final Consumer<Generation> serve;
  private final Consumer<Throwable> failed;
  private final Systemd systemd;
  private final Events events;
  private final Counter loaded;
  private final Counter refused;
  private volatile Duration limit = Duration.ofSeconds(30);
  private volatile @Nullable RefusedReload latestRefused;

  /** The settings that the process has started with; some of them no reload can change. */
  @SuppressWarnings("NullAway.Init") // begin() sets it
  private Settings started;

  /** Null if changed files are not to be loaded by themselves. */
  private @Nullable FileWatch watch;

  /**
   * @param source makes a generation of the files as they are
   * @param serve has a generation serve that has started
   * @param failed takes what a generation has failed with
   */
  Reloads(
      Supplier<Generation> source,
      Generations generations,
      Consumer<Generation> serve,
      Consumer<Throwable> failed,
      Systemd systemd,
      Events events,
      Meters meters) {
    this.source = source;
    this.generations = generations;
    this.serve = serve;
    this.failed = failed;
    this.systemd = systemd;
    this.events = events;
    this.loaded = meters.counter(Meter.RELOADS, "loaded");
    this.refused = meters.counter(Meter.RELOADS, "refused");
  }

  /** Begins with the generation of the start, whose files are watched if its settings say so. */
  void begin(Generation first) {
    started = first.settings();
    watch = first.reloads() ? first.watch() : null;
  }

  /** Limits the time that a generation has for its start. */
  void limit(Duration limit) {
    this.limit = limit;
  }

  /** The reload that was refused last; null if the current files serve. */
  @Nullable RefusedReload latestRefused() {
    return latestRefused;
  }

  /** Reloads if a watched file has changed. */
  void look() {
    if (watch != null && watch.changed()) {
      reload();
    }
  }

  /** A reload on request, whether the files are watched or not; they are read once for it. */
  Reloaded byHand(String why) {
    LOG.info("{}: the files are read again", why);
    if (watch != null) {
      watch.taken();
    }
    return reload();
  }

  /** Reloads; a stop does not wait for it, and after one it does nothing. */
  Reloaded reload() {
    Generation next = source.get();
    try {
      return BoundedStart.of(next, limit).map(this::refuse).orElseGet(() -> takeOver(next));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reloaded.refused(STOPS);
    } catch (RuntimeException | Error e) {
      BoundedStart.stopAside(next);
      return refuse(BoundedStart.Failed.of(e));
    }
  }

  private Reloaded refuse(BoundedStart.Failed fault) {
    failed.accept(fault.thrown());
    RefusedReload before = latestRefused;
    String since =
        before == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS).toString() : before.since();
    latestRefused = new RefusedReload(since, fault.text());
    systemd.status("Changed files are not loaded: " + fault.text());
    events.add(
        Events.Kind.REFUSED, null, "reload refused, the routes before go on: " + fault.text());
    LOG.error("Reload refused, the current routes stay: {}", fault.text());
    refused.increment(); // last, so that who sees the count finds the reason
    return Reloaded.refused(fault.text());
  }

  private Reloaded takeOver(Generation next) {
    synchronized (generations) {
      Generation current = generations.orNull();
      if (current == null) {
        next.stop();
        return Reloaded.refused(STOPS);
      }
      List<String> changes = GenerationChange.lines(current, next);
      next.ownConsumers().takeOverFrom(current.ownConsumers());
      serve.accept(next);
      generations.leave(current); // last, as what leaves is closed
      latestRefused = null;
      systemd.status(next.serving());
      loaded.increment();
      List<String> nextStart = ProcessSettings.changed(started, next.settings());
      Reloaded done =
          new Reloaded(next.getCamelContext().getRoutesSize(), changes, nextStart, null);
      events.add(Events.Kind.RELOADED, null, "reloaded: " + done.text());
      LOG.info("Reloaded: {}", done.text());
      done.later().forEach(later -> LOG.warn("{}", later));
      return done;
    }
  }
}
