// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.synapsegateway.explain.ExplainPage;
import org.synapsegateway.process.GatewayMain;
import org.synapsegateway.server.FrontDoor;
import org.synapsegateway.wire.RawClient;

/** The gateway in this JVM, on a free port, with routes of the test's own or the shipped ones. */
public final class TestGateway implements AutoCloseable {
  /** The token of all these gateways. */
  public static final Path TOKEN = Path.of("target/test.token").toAbsolutePath();

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final GatewayMain main = new GatewayMain(ExplainPage::new);

  private TestGateway(String routesPattern, Map<String, String> properties) {
    this(routesPattern, properties, null);
  }

  private TestGateway(String routesPattern, Map<String, String> properties, Path predecessor) {
    if (predecessor != null) {
      main.takeOverFrom(predecessor);
    }
    main.addOverrideProperty("gateway.host", "127.0.0.1");
    main.addOverrideProperty("gateway.port", "0");
    main.addOverrideProperty("management.port", "0");
    main.addOverrideProperty("management.token-file", TOKEN.toString());
    main.addOverrideProperty("camel.main.routesIncludePattern", routesPattern);
    properties.forEach(main::addOverrideProperty);
    main.start();
  }

  /** With these routes; {@code front} is a route's steps behind the front door. */
  public static TestGateway withSteps(Path directory, String steps, String... properties)
      throws IOException {
    Path routes = Files.createDirectories(directory.resolve("routes"));
    Files.writeString(routes.resolve("front.camel.yaml"), TestRoutes.front(steps));
    return withRoutes(routes, properties);
  }

  /** With the routes of a directory. */
  public static TestGateway withRoutes(Path routes, String... properties) {
    return new TestGateway("file:" + routes + "/*.camel.yaml", map(properties));
  }

  /** With the routes of a directory, in place of the gateway that waits at a socket. */
  public static TestGateway inPlaceOf(Path predecessor, Path routes, String... properties) {
    return new TestGateway("file:" + routes + "/*.camel.yaml", map(properties), predecessor);
  }

  /** With the routes of a directory, which are loaded again when one changes. */
  public static TestGateway reloading(Path routes, String... properties) {
    Map<String, String> all = map(properties);
    all.put("gateway.reload", "on");
    all.put("camel.main.routesReloadDirectory", routes.toString());
    return new TestGateway("file:" + routes + "/*.camel.yaml", all);
  }

  /** With the shipped routes before the workers of this directory. */
  public static TestGateway shipped(Path workers, String... properties) {
    Map<String, String> all = map(properties);
    all.put("gateway.workers.directory", workers.toString());
    return new TestGateway("file:routes/*.camel.yaml", all);
  }

  private static Map<String, String> map(String... properties) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < properties.length; i += 2) {
      map.put(properties[i], properties[i + 1]);
    }
    return map;
  }

  public FrontDoor frontDoor() {
    return main.frontDoor();
  }

  public GatewayMain main() {
    return main;
  }

  /** What Prometheus gets to read. */
  public String metrics() throws IOException {
    return manage("GET", "/observe/metrics").body();
  }

  /** Asks the management port. */
  public HttpResponse<String> manage(String method, String target) throws IOException {
    return manage(method, target, "");
  }

  /** Asks the management port with a body, as one who knows its token. */
  public HttpResponse<String> manage(String method, String target, String body) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + main.managementPort().port() + target);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Authorization", "Bearer " + token())
            .method(method, BodyPublishers.ofString(body))
            .build();
    try {
      return CLIENT.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** The management token of all of them. */
  public static String token() throws IOException {
    return Files.readString(TOKEN).strip();
  }

  public int port() {
    return frontDoor().localPort();
  }

  /** A new client of this gateway. */
  public RawClient client() throws IOException {
    return RawClient.connect(port());
  }

  @Override
  public void close() {
    main.stop();
  }
}
