// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.config.Configuration;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.management.Json;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/** Talks to the management port of the gateway that runs. */
final class ManagementClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final String address;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  private ManagementClient(String address) {
    this.address = address;
  }

  /** The port that the configuration of the working directory names. */
  static ManagementClient ofThisDirectory() {
    return new ManagementClient(
        Settings.inUrl(setting(Setting.MANAGEMENT_HOST)) + ":" + setting(Setting.MANAGEMENT_PORT));
  }

  /** The port at an address, which may be of another machine. */
  static ManagementClient at(String address) {
    return new ManagementClient(address);
  }

  private static String setting(Setting setting) {
    String value = Configuration.given(setting.key()).orElse(setting.defaultValue()).trim();
    Settings.check(setting, value);
    return value;
  }

  /**
   * @throws IOException if nobody answers, or there is an error; says which
   */
  <T> T get(String path, Class<T> type) throws IOException {
    return send(HttpRequest.newBuilder(uri(path)), type);
  }

  /** Changes something, with an argument. */
  <T> T post(String path, String argument, String value, TokenOption.Token token, Class<T> type)
      throws IOException {
    String query = argument + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    return post(path + "?" + query, TIMEOUT, token, type);
  }

  /** Changes something, which may take its time. */
  <T> T post(String target, Duration timeout, TokenOption.Token token, Class<T> type)
      throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(target)).POST(BodyPublishers.noBody());
    if (token.text() != null) {
      request.header("Authorization", "Bearer " + token.text());
    }
    try {
      return send(request, timeout, type);
    } catch (Refused e) {
      throw e.status() != 401 || token.fault() == null
          ? e
          : new Refused(401, token.fault() + "; " + e.getMessage());
    }
  }

  private URI uri(String target) {
    return URI.create("http://" + address + target);
  }

  private <T> T send(HttpRequest.Builder request, Class<T> type) throws IOException {
    return send(request, TIMEOUT, type);
  }

  private <T> T send(HttpRequest.Builder request, Duration timeout, Class<T> type)
      throws IOException {
    HttpResponse<String> reply = reply(request.timeout(timeout).build());
    String error;
    try {
      if (reply.statusCode() == 200) {
        return Json.read(reply.body(), type);
      }
      Refusal refusal = Json.read(reply.body(), Refusal.class);
      error = refusal.errcode() == null ? refusal.error() : null;
    } catch (IllegalArgumentException e) {
      error = null;
    }
    if (error == null) {
      throw noGateway(
          "What answers at " + address + " (management.host, management.port) is no gateway", null);
    }
    throw new Refused(reply.statusCode(), error);
  }

  /** The gateway says no, and why. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    Refused(int status, String error) {
      super(error);
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  /**
   * What a management port says when it refuses something.
   *
   * @param errcode null, unlike in a refusal of Matrix, as a gateway's other port or Synapse has it
   */
  private record Refusal(@Nullable String error, @Nullable String errcode) {}

  private HttpResponse<String> reply(HttpRequest request) throws IOException {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } catch (HttpTimeoutException e) {
      if (e instanceof HttpConnectTimeoutException) {
        throw silent(e);
      }
      throw new Refused(504, "The gateway at " + address + " has not answered in time");
    } catch (IOException e) {
      throw silent(e);
    }
  }

  private FaultyAnswer silent(IOException cause) {
    return noGateway(
        "No gateway answers at " + address + " (management.host, management.port)", cause);
  }

  private FaultyAnswer noGateway(String text, @Nullable IOException cause) {
    return new FaultyAnswer(Fault.of(Code.NO_GATEWAY, address, text), cause);
  }
}
