// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.http.RequestHead;

class HeadValueTest {
  private final CamelContext context = new DefaultCamelContext();

  @AfterEach
  void stop() {
    context.stop();
  }

  private Exchange exchange(RequestHead head) {
    Exchange exchange = new DefaultExchange(context);
    exchange.getMessage().setBody(Samples.request(head, "203.0.113.7"));
    return exchange;
  }

  private boolean matches(String language, String expression, RequestHead head) {
    return context.resolveLanguage(language).createPredicate(expression).matches(exchange(head));
  }

  private String value(String language, String expression, RequestHead head) {
    return context
        .resolveLanguage(language)
        .createExpression(expression)
        .evaluate(exchange(head), String.class);
  }

  @ParameterizedTest
  @CsvSource({
    // expression, query, predicate, value
    "since, '', false,",
    "since, ?, false,",
    "since, ?since=s1, true, s1",
    "since, ?since=, false,",
    "since, ?since, false,",
    "since, ?since&since=s1, true, s1",
    "since, ?since=&since=s1, false,",
    "since, ?since=s1&since=, true, s1",
    "since, ?since=s1&since=s2, true, s1",
    "since, ?Since=s1, true, s1",
    "since, ?SINCE=s1&since=s2, true, s1",
    "Since, ?since=s1, true, s1",
    "since, ?xsince=1, false,",
    "since, ?sincex=1, false,",
    "since, ?x-since=1&since=2, true, 2",
    "since, ?a=since=1, false,",
    "since, ?a=b&since=s1&c=d, true, s1",
    "since, ?since=s1=s2, true, s1=s2",
    "since, ?since==, true, =",
    "since, ?since=%20, true, %20",
    "since, ?%73ince=s1, false,",
    "since, ?a=b;since=s1, false,",
    "since, ?&since=s1, true, s1",
    "since, ?since=s1?x, true, s1?x",
    "full_state=true, ?full_state=true, true, true",
    "full_state=true, ?FULL_STATE=true, true, true",
    "full_state=true, ?full_state=TRUE, false, false",
    "full_state=true, ?full_state=true1, false, false",
    "full_state=true, ?full_state=tru, false, false",
    "full_state=true, ?full_state=false&full_state=true, false, false",
    "full_state=true, ?x=1, false, false",
    "full_state=true, '', false, false",
    "a=b=c, ?a=b=c, true, true",
    "org.matrix.msc3575, ?org.matrix.msc3575=1, true, 1",
  })
  void theQueryIsReadAsNginxReadsIt(
      String expression, String query, boolean expected, String value) {
    RequestHead head = Samples.head("GET", "/since=path" + query);

    assertThat(matches("query", expression, head)).isEqualTo(expected);
    assertThat(value("query", expression, head)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    // expression, query, predicate, value
    "full_state=true, '', false, false",
    "full_state=true, ?full_state=true, true, true",
    "full_state=true, ?since=s1&full_state=true, true, true",
    "full_state=true, ?since=s1;full_state=true, true, true",
    "full_state=true, ?full%5Fstate=%74rue, true, true",
    "full_state=true, ?full_state=true&full_state=false, true, true",
    "full_state=true, ?full_state=false&full_state=true, false, false",
    "full_state=true, ?full_state=&full_state=true, false, false",
    "full_state=true, ?full_state&full_state=true, true, true",
    "full_state=true, ?FULL_STATE=true, false, false",
    "full_state=true, ?full_state=True, false, false",
    "full_state=true, ?full_state=1, false, false",
    "full_state=true, ?full_state=true+, false, false",
    "full_state=true, ?full_state=true%00, false, false",
    "full_state=true, ?full_state=true=, false, false",
    "full_state=true, ?xfull_state=true, false, false",
    "from, ?from=s1, true, s1",
    "from, ?from=, false,",
    "from, ?from=%20a+b, true, ' a b'",
    "'from=a b', ?from=a+b, true, true",
  })
  void anArgumentIsReadAsSynapseReadsIt(
      String expression, String query, boolean expected, String value) {
    RequestHead head = Samples.head("GET", "/full_state=true" + query);

    assertThat(matches("argument", expression, head)).isEqualTo(expected);
    assertThat(value("argument", expression, head)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "User-Agent, 'User-Agent: Element', true, Element",
    "user-agent, 'USER-AGENT: Element', true, Element",
    "User-Agent, 'User-Agents: Element', false,",
    "User-Agent, 'User-Agent:', false,",
    "User-Agent, 'User-Agent:   ', false,",
    "User-Agent, 'X: y', false,",
    "X, 'X: 1|X: 2', true, 1",
    "X, 'X:|X: 2', false,",
    "X, 'X:  a b  ', true, a b",
    "'X: irc', 'x: irc', true, true",
    "'X: irc', 'x: IRC', false, false",
    "'X: irc', 'x: irc2', false, false",
    "'X: irc', 'y: irc', false, false",
    "'X:irc', 'x:irc', true, true",
    "'X: a: b', 'x: a: b', true, true",
  })
  void aFieldIsFoundInWhateverCase(
      String expression, String fields, boolean expected, String value) {
    RequestHead head = Samples.head("GET", "/", fields.replace("|", "\r\n") + "\r\n");

    assertThat(matches("field", expression, head)).isEqualTo(expected);
    assertThat(value("field", expression, head)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "query, ''",
    "query, =",
    "query, =x",
    "query, since=",
    "query, since&x",
    "query, ?since",
    "query, since = x",
    "query, a=b&c=d",
    "field, ''",
    "field, ':'",
    "field, ': x'",
    "field, 'X:'",
    "field, 'X: '",
    "field, 'X Y'",
    "field, 'X=y z'",
    "field, 'X : y'",
  })
  void whatIsNoQuestionIsRefused(String language, String expression) {
    assertThatThrownBy(() -> context.resolveLanguage(language).createPredicate(expression))
        .isInstanceOf(BadExpressionException.class)
        .hasMessageStartingWith(language + ": \"" + expression + "\" is no question about");
    assertThatThrownBy(() -> context.resolveLanguage(language).createExpression(expression))
        .isInstanceOf(BadExpressionException.class);
  }

  @Test
  void aBodyThatIsNoRequestIsAnError() {
    Exchange exchange = new DefaultExchange(context);

    assertThatThrownBy(
            () -> context.resolveLanguage("query").createPredicate("since").matches(exchange))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("there is no request");
  }
}
