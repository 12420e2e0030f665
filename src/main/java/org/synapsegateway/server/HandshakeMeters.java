// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.micrometer.core.instrument.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HeadWriter;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.metrics.Meter;
import org.synapsegateway.metrics.Meters;
import org.synapsegateway.request.FailureReply;
import org.synapsegateway.tls.HandshakeFailure;
import org.synapsegateway.tls.Handshakes;

/** Counts handshakes, and holds the reply to plain HTTP on a TLS port. Safe for any thread. */
final class HandshakeMeters implements Handshakes {
  private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

  private final Map<String, Counter> full = new HashMap<>();
  private final Map<String, Counter> resumed = new HashMap<>();
  private final Map<HandshakeFailure, Counter> failed = new EnumMap<>(HandshakeFailure.class);

  HandshakeMeters(Meters meters) {
    for (String version : VERSIONS) {
      full.put(version, meters.counter(Meter.TLS_HANDSHAKES, version, "full"));
      resumed.put(version, meters.counter(Meter.TLS_HANDSHAKES, version, "resumed"));
    }
    for (HandshakeFailure reason : HandshakeFailure.values()) {
      failed.put(reason, meters.counter(Meter.TLS_HANDSHAKES_FAILED, reason.tag()));
    }
  }

  @Override
  public void succeeded(String version, boolean again) {
    Counter counter = (again ? resumed : full).get(version);
    if (counter != null) {
      counter.increment();
    }
  }

  @Override
  public void failed(HandshakeFailure reason) {
    Objects.requireNonNull(failed.get(reason)).increment();
  }

  @Override
  public ByteBuf answerToPlain() {
    ByteBuf bytes = Unpooled.buffer(512);
    FailureReply.write(
        bytes, Failure.PLAIN_HTTP, new RequestHead(), HeadWriter.Connection.CLOSE, null);
    return bytes;
  }
}
