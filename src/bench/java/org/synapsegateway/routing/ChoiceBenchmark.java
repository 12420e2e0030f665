// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.processor.ChoiceProcessor;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.synapsegateway.exchange.HttpMessage;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.Request;

/**
 * What the choice of the shipped front route costs a request whose path has been matched, with this
 * package's choice and with Camel's own.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChoiceBenchmark {
  @Param({"gateway", "camel"})
  String choice;

  /** The third {@code when}, the sixth and none. */
  @Param({
    "GET /_matrix/client/v3/sync",
    "PUT /_matrix/client/v3/rooms/!abc:example.org/send/m.room.message/m1.0",
    "GET /_matrix/client/v3/pushers"
  })
  String request;

  private final CamelContext context = new DefaultCamelContext();
  private final AsyncCallback callback = doneSync -> {};
  private ChoiceProcessor processor;
  private Exchange exchange;

  @Setup
  public void start() throws Exception {
    if (choice.equals("gateway")) {
      RequestChoice.install();
    }
    Processor nothing = any -> {};
    context.getRegistry().bind("nothing", nothing);
    context.getPropertiesComponent().addInitialProperty("gateway.private-clients", "10.0.0.0/8");
    PluginHelper.getRoutesLoader(context)
        .loadRoutes(ResourceHelper.fromString("file:front.camel.yaml", front()));
    context.start();
    processor = context.getProcessor("front-choice", ChoiceProcessor.class);
    exchange = new DefaultExchange(context);
    RequestHead head = RequestHead.of(request + " HTTP/1.1\r\nHost: example.org\r\n\r\n");
    Client client = new Client("192.0.2.7", InetAddress.getByName("192.0.2.7"), "https");
    exchange.setIn(new HttpMessage(context, new Request(head, client, null, null, none -> {})));
  }

  /** The shipped front route, whose steps do nothing. */
  private static String front() throws IOException {
    return Files.readString(Path.of("routes/front.camel.yaml"))
        .replaceAll("(?s)uri: netty-http:.*?steps:", "uri: direct:front\n      steps:")
        .replaceAll("to: direct:\\S+", "process: { ref: nothing }")
        .replaceFirst("- choice:", "- choice:\n            id: front-choice");
  }

  @TearDown
  public void stop() {
    context.stop();
  }

  @Benchmark
  public Object choose() {
    processor.process(exchange, callback);
    return exchange;
  }
}
