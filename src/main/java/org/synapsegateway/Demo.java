package org.synapsegateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.synapsegateway.demo.DemoWorkers;
import org.synapsegateway.settings.Setting;

/** Runs the shipped routes before small workers of its own, for a first look. */
final class Demo {
  private static final List<String> WORKERS =
      List.of(
          "main", "normal_sync1", "normal_sync2", "normal_sync3", "initial_sync1", "initial_sync2");

  private static final String INVITATION =
      """

      The demo is running: six workers on UNIX sockets in %2$s
      and the gateway before them on http://%1$s. Try, in another terminal:

        curl 'http://%1$s/_matrix/client/versions'
        curl -H 'Authorization: Bearer syt_YWxpY2U_x_1' 'http://%1$s/_matrix/client/v3/sync?since=s1&timeout=5000'
        curl -H 'Authorization: Bearer syt_YWxpY2U_y_2' 'http://%1$s/_matrix/client/v3/sync'

      Each reply names its worker, its group and the key that led to it. Ctrl-C ends the demo.
      """;

  private Demo() {}

  static int run() {
    try {
      Path directory = Files.createTempDirectory("synapse-gateway-demo");
      DemoWorkers workers = new DemoWorkers(directory, WORKERS);
      GatewayMain gateway = new GatewayMain();
      gateway.addOverrideProperty(Setting.WORKERS_DIRECTORY.key(), directory.toString());
      return gateway.runAndReport(() -> invite(gateway, directory), () -> close(workers));
    } catch (IOException e) {
      System.err.println("The demo has no place for its sockets: " + e.getMessage());
      return 1;
    }
  }

  private static void invite(GatewayMain gateway, Path directory) {
    String address = gateway.frontDoor().localAddress();
    System.out.println(INVITATION.formatted(address, directory));
  }

  private static void close(DemoWorkers workers) {
    try {
      workers.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
