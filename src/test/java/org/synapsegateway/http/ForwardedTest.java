package org.synapsegateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.net.AddressSet;

class ForwardedTest {
  private final Forwarded forwarded = new Forwarded(AddressSet.of("127.0.0.0/8 10.0.0.0/8 ::1"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                                | 127.0.0.1 | http",
        "X-Forwarded-For: 1.2.3.4                          | 1.2.3.4   | http",
        "X-Forwarded-For: 6.6.6.6, 1.2.3.4                 | 1.2.3.4   | http",
        "X-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.0.0.9       | 1.2.3.4   | http",
        "X-Forwarded-For: 6.6.6.6;X-Forwarded-For: 1.2.3.4 | 1.2.3.4   | http",
        "X-Forwarded-For: 1.2.3.4;X-Forwarded-For: 10.1.1.1| 1.2.3.4   | http",
        "X-Forwarded-For: 10.0.0.7, 10.0.0.8               | 10.0.0.7  | http",
        "X-Forwarded-For: garbage                          | 127.0.0.1 | http",
        "X-Forwarded-For: 1.2.3.4, garbage                 | 127.0.0.1 | http",
        "X-Forwarded-For: 1.2.3.4, garbage, 10.0.0.1       | 10.0.0.1  | http",
        "X-Forwarded-For: 999.1.1.1                        | 127.0.0.1 | http",
        "X-Forwarded-For: 1.2.3.4,                         | 1.2.3.4   | http",
        "X-Forwarded-For: 1.2.3.4:567                      | 1.2.3.4   | http",
        "X-Forwarded-For: [2001:db8::1]:567                | 2001:db8::1 | http",
        "X-Forwarded-For: 2001:db8::1                      | 2001:db8::1 | http",
        "X-Forwarded-For: ::ffff:1.2.3.4                   | 1.2.3.4   | http",
        "X-Forwarded-For: localhost                        | 127.0.0.1 | http",
        "X-Forwarded-Proto: https                          | 127.0.0.1 | https",
        "X-Forwarded-Proto: HTTPS                          | 127.0.0.1 | https",
        "X-Forwarded-Proto: https, http                    | 127.0.0.1 | http",
        "X-Forwarded-Proto: gopher                         | 127.0.0.1 | http",
      })
  void theClientIsTheFirstAddressFromTheRightThatNoTrustedProxyHas(
      String fields, String address, String scheme) throws HttpException {
    String lines = fields.equals("''") ? "" : fields.replace(";", "\r\n") + "\r\n";
    RequestHead head = RequestHead.of("GET / HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n");
    Client peer = Forwarded.peer(new InetSocketAddress(AddressSet.numeric("127.0.0.1"), 5));

    Client client = forwarded.client(head, peer, null);

    assertThat(client.address()).isEqualTo(address);
    assertThat(client.scheme()).isEqualTo(scheme);
    assertThat(forwarded.client(head, peer, client)).isSameAs(client);
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, true", "10.9.9.9, true", "::1, true", "8.8.8.8, false"})
  void onlySomePeersAreBelieved(String address, boolean trusted) {
    assertThat(
            forwarded.isTrusted(
                Forwarded.peer(new InetSocketAddress(AddressSet.numeric(address), 1))))
        .isEqualTo(trusted);
  }
}
