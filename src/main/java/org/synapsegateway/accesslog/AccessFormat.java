// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.accesslog;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.synapsegateway.identity.Redaction;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.request.Destination;

/** Writes the lines of the access log, with secrets masked. Confined to one thread. */
abstract class AccessFormat {
  private static final Slice NONE = Slice.of("-");

  private final Redaction redaction;
  private final List<Destination> destinations;
  private final DateTimeFormatter timeFormat;

  @SuppressWarnings("NullAway.Init") // line() sets it
  private StringBuilder out;

  private long second = Long.MIN_VALUE;

  @SuppressWarnings("NullAway.Init") // time() sets it
  private String time;

  private AccessFormat(
      Redaction redaction, List<Destination> destinations, DateTimeFormatter timeFormat) {
    this.redaction = redaction;
    this.destinations = destinations;
    this.timeFormat = timeFormat;
  }

  /**
   * The format of this name, combined or json.
   *
   * @param destinations by number
   */
  static AccessFormat of(String name, Redaction redaction, List<Destination> destinations) {
    return name.equals("json")
        ? new Json(redaction, destinations)
        : new Combined(redaction, destinations);
  }

  /**
   * Appends a line and its end.
   *
   * @param millis when the request ended, since 1970
   */
  final void line(StringBuilder to, AccessEntry entry, long millis) {
    out = to;
    write(entry, millis, destinations.get(entry.destination));
    out.append('\n');
  }

  abstract void write(AccessEntry entry, long millis, Destination to);

  /** The time up to its second, which is the same for many lines. */
  final AccessFormat time(long millis) {
    long now = Math.floorDiv(millis, 1000);
    if (now != second) {
      second = now;
      time = timeFormat.format(Instant.ofEpochSecond(now));
    }
    return put(time);
  }

  final AccessFormat put(String text) {
    out.append(text);
    return this;
  }

  final AccessFormat put(long number) {
    out.append(number);
    return this;
  }

  /** What the gateway or a trusted proxy says. */
  final AccessFormat own(Slice text) {
    redaction.own(out, text.isEmpty() ? NONE : text);
    return this;
  }

  /** What the admin has written; a path may have spaces. */
  final AccessFormat place(Slice listener) {
    return put(listener.isEmpty() ? "-" : listener.text().replace(' ', '_').replace('"', '_'));
  }

  final AccessFormat program(Slice userAgent) {
    redaction.text(out, userAgent.isEmpty() ? NONE : userAgent);
    return this;
  }

  final AccessFormat page(Slice referer) {
    redaction.page(out, referer.isEmpty() ? NONE : referer);
    return this;
  }

  final AccessFormat method(Slice method) {
    if (method.isEmpty()) {
      return put("-");
    }
    redaction.method(out, method);
    return this;
  }

  final AccessFormat target(Slice target) {
    redaction.target(out, target.isEmpty() ? NONE : target);
    return this;
  }

  final AccessFormat device(AccessEntry entry) {
    int before = out.length();
    redaction.device(out, entry.authorization, entry.target);
    return out.length() == before ? put("-") : this;
  }

  /** Seconds with three digits behind the point. */
  final AccessFormat seconds(long nanos) {
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos + 500_000);
    put(millis / 1000).put(".");
    return thousandths(millis % 1000);
  }

  final AccessFormat thousandths(long number) {
    out.append((char) ('0' + number / 100));
    out.append((char) ('0' + number / 10 % 10));
    out.append((char) ('0' + number % 10));
    return this;
  }

  /** The format that all tools for the logs of nginx and Apache read, with ours behind it. */
  private static final class Combined extends AccessFormat {
    Combined(Redaction redaction, List<Destination> destinations) {
      super(
          redaction,
          destinations,
          DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
              .withZone(ZoneId.systemDefault()));
    }

    @Override
    void write(AccessEntry entry, long millis, Destination to) {
      own(entry.client).put(" - - [").time(millis).put("] \"").method(entry.method);
      if (!entry.method.isEmpty()) {
        put(" ").target(entry.target);
        put(" HTTP/").put(entry.protocol / 10).put(".").put(entry.protocol % 10);
      }
      put("\" ").put(entry.status).put(" ").put(entry.replyBytes);
      put(" \"").page(entry.referer).put("\" \"").program(entry.userAgent).put("\"");
      put(" group=").put(to.group()).put(" worker=").put(to.worker());
      put(" key=").put(entry.key.tag()).put(" device=").device(entry);
      put(" first=").seconds(entry.firstByteNanos).put(" last=").seconds(entry.lastByteNanos);
      put(" waited=").seconds(entry.waitedNanos).put(" retries=").put(entry.retries);
      put(" received=").put(entry.requestBytes).put(" poll=").put(entry.poll ? "yes" : "no");
      put(" failure=").put(entry.failure == null ? "-" : entry.failure.tag());
      put(" id=").own(entry.id).put(" listener=").place(entry.listener);
    }
  }

  /** A JSON object a line. */
  private static final class Json extends AccessFormat {
    Json(Redaction redaction, List<Destination> destinations) {
      super(
          redaction,
          destinations,
          DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.", Locale.ROOT)
              .withZone(ZoneOffset.UTC));
    }

    @Override
    void write(AccessEntry entry, long millis, Destination to) {
      put("{\"time\":\"").time(millis).thousandths(Math.floorMod(millis, 1000)).put("Z\"");
      name("client").own(entry.client).put("\"");
      name("method").method(entry.method).put("\"");
      name("target").target(entry.target).put("\"");
      put(",\"status\":").put(entry.status);
      put(",\"request_bytes\":").put(entry.requestBytes);
      put(",\"reply_bytes\":").put(entry.replyBytes);
      name("referer").page(entry.referer).put("\"");
      name("user_agent").program(entry.userAgent).put("\"");
      name("group").put(to.group()).put("\"");
      name("worker").put(to.worker()).put("\"");
      name("key").put(entry.key.tag()).put("\"");
      name("device").device(entry).put("\"");
      put(",\"first_byte\":").seconds(entry.firstByteNanos);
      put(",\"last_byte\":").seconds(entry.lastByteNanos);
      put(",\"waited\":").seconds(entry.waitedNanos);
      put(",\"retries\":").put(entry.retries).put(",\"poll\":").put(entry.poll ? "true" : "false");
      name("failure").put(entry.failure == null ? "-" : entry.failure.tag()).put("\"");
      name("id").own(entry.id).put("\"");
      name("listener").place(entry.listener).put("\"}");
    }

    private AccessFormat name(String name) {
      return put(",\"").put(name).put("\":\"");
    }
  }
}
