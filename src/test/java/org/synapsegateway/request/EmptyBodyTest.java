// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.NoBody;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.MemoryBudget;

class EmptyBodyTest {
  private final List<String> heard = new ArrayList<>();
  private final BodySink sink =
      new BodySink() {
        @Override
        public void data(ByteBuf bytes) {
          heard.add("data");
        }

        @Override
        public void pausing() {
          heard.add("pausing");
        }

        @Override
        public void end(String trailers) {
          heard.add("end");
        }

        @Override
        public void abort(Failure failure) {
          heard.add("abort");
        }
      };

  private static Request request(String method, String fields) throws HttpException {
    RequestHead head = RequestHead.of(method + " / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
    Client client = new Client("127.0.0.1", InetAddress.getLoopbackAddress(), "http");
    return new Request(head, client, null, NoBody.INSTANCE, interim -> {});
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "GET,  none",
        "POST, none",
        "POST, Content-Length: 0",
        "PUT,  Content-Length: 0",
        "HEAD, none",
      })
  void aRequestWithoutBodyNeedsNoCopyOfIt(String method, String field) throws HttpException {
    Request request = request(method, field == null ? "" : field + "\r\n");

    assertThat(request.body()).isInstanceOf(EmptyBody.class);
  }

  @ParameterizedTest
  @CsvSource({"GET, Content-Length: 1", "POST, Transfer-Encoding: chunked"})
  void whoMaySendABodyMayHaveItSentAgain(String method, String field) throws HttpException {
    assertThat(request(method, field + "\r\n").body()).isInstanceOf(ReplayableBody.class);
  }

  @Test
  void itEndsEachTimeThatItIsStartedWhateverCameBefore() throws HttpException {
    RequestBody body = request("GET", "").body();
    List<Runnable> before = new ArrayList<>();
    before.add(() -> body.keep(new ReplayBudget(100, new MemoryBudget(100))));
    before.add(body::pause);
    before.add(body::detach);
    before.add(body::forget);
    before.add(body::cancel);
    before.add(body::drop);
    for (Runnable each : before) {
      each.run();
      assertThat(body.canStart()).isTrue();
      body.start(sink);
    }
    assertThat(heard).hasSize(before.size()).containsOnly("end");
  }

  @Test
  void whoSharesItGetsNoBytes() throws HttpException {
    List<byte[]> taken = new ArrayList<>();

    request("GET", "").body().share(new ReplayBudget(100, new MemoryBudget(100)), taken::add);

    assertThat(taken).hasSize(1);
    assertThat(taken.get(0)).isEmpty();
  }
}
