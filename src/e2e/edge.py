"""What the gateway does as the edge: https for clients and servers, redirects, ACME's challenges, and where all is to be found."""

import ssl

import aiohttp

from api import connector
from flows_nio import client, good


async def play(stage, report):
    gateway = stage.gateway
    async with aiohttp.ClientSession(connector=connector(stage.trust)) as session:

        async def get(url):
            async with session.get(url, allow_redirects=False) as reply:
                return reply.status, reply.headers, await reply.text()

        with report.step("edge: clients find the homeserver by .well-known, on each port, and never by a redirect"):
            nio = client(stage)
            assert (await good(nio.discovery_info())).homeserver_url == gateway.url
            await nio.close()
            for url in (gateway.url, gateway.server_url, gateway.redirecting_url):
                status, fields, text = await get(f"{url}/.well-known/matrix/server")
                assert (status, text) == (200, gateway.settings["gateway.well-known.server"]), (url, status, text)
                assert fields["Access-Control-Allow-Origin"] == "*"
        with report.step("edge: plain HTTP is sent to https, but for a challenge of ACME"):
            status, fields, _ = await get(f"{gateway.redirecting_url}/_matrix/client/versions?a=b")
            assert (status, fields["Location"]) == (308, "https://localhost/_matrix/client/versions?a=b"), fields
            challenges = gateway.settings["gateway.acme-webroot"] / ".well-known" / "acme-challenge"
            challenges.mkdir(parents=True)
            (challenges / "a-token").write_text("a-token.of-an-account")
            status, _, text = await get(f"{gateway.redirecting_url}/.well-known/acme-challenge/a-token")
            assert (status, text) == (200, "a-token.of-an-account"), (status, text)
        with report.step("edge: browsers are told to stay with https, servers are not"):
            assert "Strict-Transport-Security" in (await get(f"{gateway.url}/_matrix/client/versions"))[1]
            status, _, text = await get(f"{gateway.server_url}/_matrix/federation/v1/version")
            assert status == 200 and "Synapse" in text, text
        with report.step("edge: who does not know the authority, or asks by plain HTTP, is told so"):
            async with aiohttp.ClientSession() as stranger:
                try:
                    await stranger.get(f"{gateway.url}/_matrix/client/versions")
                except aiohttp.ClientConnectorCertificateError as error:
                    assert isinstance(error.certificate_error, ssl.SSLCertVerificationError)
                else:
                    raise AssertionError("a certificate of the test is believed")
                plain = gateway.url.replace("https:", "http:")
                async with stranger.get(f"{plain}/_matrix/client/versions") as reply:
                    assert reply.status == 400
