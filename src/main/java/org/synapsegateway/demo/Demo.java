// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.synapsegateway.config.StartupError;
import org.synapsegateway.explain.ExplainPage;
import org.synapsegateway.process.GatewayMain;
import org.synapsegateway.process.ProcessRun;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.tls.SelfSigned;

/** Runs the shipped routes before small workers of its own, for a first look. */
public final class Demo {
  /** The workers that the shipped routes have before anybody turns on more. */
  static final List<String> WORKERS =
      List.of(
          "main", "normal_sync1", "normal_sync2", "normal_sync3", "initial_sync1", "initial_sync2");

  private static final String INVITATION =
      """

      The demo is running: six workers on UNIX sockets in %3$s
      and the gateway before them on %2$s. Try, in another terminal:

        %1$s '%2$s/_matrix/client/versions'
        %1$s -H 'Authorization: Bearer syt_YWxpY2U_x_1' '%2$s/_matrix/client/v3/sync?since=s1&timeout=5000'
        %1$s -H 'Authorization: Bearer syt_YWxpY2U_y_2' '%2$s/_matrix/client/v3/sync'

      Each reply names its worker, its group and the key that led to it. Ctrl-C ends the demo.
      """;

  /** The targets and tokens that {@link #once} asks with; the same as the invitation's. */
  private static final List<String[]> QUESTIONS =
      List.of(
          new String[] {"/_matrix/client/versions", "none"},
          new String[] {"/_matrix/client/v3/sync?since=s1&timeout=0", "syt_YWxpY2U_x_1"},
          new String[] {"/_matrix/client/v3/sync", "syt_YWxpY2U_y_2"});

  private final Path directory = DemoWorkers.place();
  private final Path token = directory.resolve("management.token");
  private final DemoWorkers workers = new DemoWorkers(directory, WORKERS);
  private final GatewayMain gateway = new GatewayMain(ExplainPage::new);

  private final boolean tls;

  private Demo(boolean tls) throws IOException {
    this.tls = tls;
    gateway.addOverrideProperty(Setting.WORKERS_DIRECTORY.key(), directory.toString());
    // who tries it asks it himself: a request that names no client is not worth a warning
    gateway.addOverrideProperty(Setting.TRUSTED_PROXIES.key(), "");
    if (!Files.isWritable(Path.of("")) && !Files.isWritable(Path.of("state"))) { // of a package
      keepTokenHere();
    }
    if (tls) {
      SelfSigned.of(List.of("localhost", "127.0.0.1", "::1")).writeTo(directory);
      gateway.addOverrideProperty(
          Setting.LISTEN.key(),
          "https://{{%s}}:{{%s}}".formatted(Setting.HOST.key(), Setting.PORT.key()));
      gateway.addOverrideProperty(Setting.TLS_CERTIFICATES.key(), directory.toString());
      // a browser would refuse what else is on localhost by http
      gateway.addOverrideProperty(Setting.HSTS.key(), "0s");
    }
  }

  private void keepTokenHere() {
    gateway.addOverrideProperty(Setting.MANAGEMENT_TOKEN_FILE.key(), token.toString());
  }

  /**
   * Runs it until the process is told to end; returns the exit status.
   *
   * @param tls whether it is reached by https, with a certificate of its own
   */
  public static int run(boolean tls) {
    try {
      Demo demo = new Demo(tls);
      return new ProcessRun(demo.gateway).run(demo::invite, demo::close);
    } catch (IOException e) {
      System.err.println("The demo has no place for its sockets: " + e.getMessage());
      return 1;
    }
  }

  /**
   * Runs it on free ports, asks what the invitation asks, prints the replies and ends: shows that
   * all is well here.
   */
  public static int once(boolean tls) {
    try {
      return new Demo(tls).askItself();
    } catch (IOException e) {
      System.err.println("The demo could not ask itself: " + e.getMessage());
      return 1;
    } catch (RuntimeException e) {
      System.err.println(StartupError.explain(e));
      return 1;
    }
  }

  private int askItself() throws IOException {
    gateway.addOverrideProperty(Setting.PORT.key(), "0");
    gateway.addOverrideProperty(Setting.MANAGEMENT_PORT.key(), "0");
    keepTokenHere(); // and nothing stays of it, as in an image
    try {
      gateway.start();
      return ask(gateway.frontDoor().localPort());
    } finally {
      gateway.stop();
      close();
    }
  }

  private int ask(int port) throws IOException {
    int status = 0;
    for (String[] question : QUESTIONS) {
      String reply = ask(port, question[0], question[1]);
      boolean good = reply.startsWith("HTTP/1.1 200 ");
      System.out.println(
          question[0] + "\n  " + (good ? reply.substring(reply.indexOf("\r\n\r\n") + 4) : reply));
      status = good ? status : 1;
    }
    return status;
  }

  private String ask(int port, String target, String token) throws IOException {
    try (Socket socket = connect(port)) {
      String request =
          "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n";
      socket
          .getOutputStream()
          .write(request.formatted(target, token).getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  private Socket connect(int port) throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    return tls
        ? SelfSigned.trusting(directory).getSocketFactory().createSocket(here, port)
        : new Socket(here, port);
  }

  private void invite() {
    String scheme = tls ? "https://" : "http://";
    String curl = tls ? "curl --cacert " + SelfSigned.certificate(directory) : "curl";
    String address = scheme + gateway.frontDoor().localAddress();
    System.out.println(INVITATION.formatted(curl, address, directory));
  }

  private void close() {
    try {
      if (tls) {
        SelfSigned.delete(directory);
      }
      Files.deleteIfExists(token);
      workers.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
