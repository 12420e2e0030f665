// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLContext;

/**
 * A client that asks a list of requests again and again by HTTP/2, all of a round at once.
 *
 * <p>Confined to one thread.
 */
final class TrainingHttp2Client implements TrainingClient {
  private final HttpClient client;
  private final List<HttpRequest> requests;

  /**
   * @param address host and port of the gateway
   */
  TrainingHttp2Client(String address, SSLContext trust, List<TrainingRequest> requests) {
    this.client = HttpClient.newBuilder().sslContext(trust).build();
    this.requests = requests.stream().map(request -> of(address, request)).toList();
  }

  private static HttpRequest of(String address, TrainingRequest request) {
    HttpRequest.Builder made =
        HttpRequest.newBuilder(URI.create("https://" + address + request.target()))
            .method(request.method(), BodyPublishers.ofString(request.body()));
    request.fields().forEach(made::setHeader);
    return made.build();
  }

  @Override
  public int askUntil(long end) throws IOException {
    int replies = 0;
    while (System.nanoTime() - end < 0) {
      List<CompletableFuture<?>> round =
          requests.stream().<CompletableFuture<?>>map(this::ask).toList();
      try {
        round.forEach(CompletableFuture::join);
      } catch (CompletionException e) {
        throw new IOException(e.getCause());
      }
      replies += round.size();
    }
    return replies;
  }

  private CompletableFuture<?> ask(HttpRequest request) {
    return client.sendAsync(request, BodyHandlers.discarding());
  }
}
