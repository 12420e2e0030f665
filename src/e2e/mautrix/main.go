// SPDX-License-Identifier: Apache-2.0

// A Matrix client of mautrix-go that asks a gateway by HTTP/2: versions, ten syncs at once, and an upload.
// Prints a line for each reply: the version of HTTP, the status and the path.
package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"sync"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

const syncs = 10

// told prints what is answered.
type told struct {
	transport http.RoundTripper
}

func (t told) RoundTrip(request *http.Request) (*http.Response, error) {
	reply, err := t.transport.RoundTrip(request)
	if err == nil {
		fmt.Println(reply.Proto, reply.StatusCode, request.URL.Path)
	}
	return reply, err
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	client, err := mautrix.NewClient(os.Args[1], id.UserID("@alice:matrix.example"), "syt_YWxpY2U_x_1")
	check(err)
	client.Client = &http.Client{Transport: told{&http.Transport{
		ForceAttemptHTTP2: true,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
	}}}
	_, err = client.Versions()
	check(err)
	var all sync.WaitGroup
	for i := 0; i < syncs; i++ {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			_, err := client.SyncRequest(0, fmt.Sprintf("s%d", i), "", false, "", nil)
			check(err)
		}(i)
	}
	all.Wait()
	body := bytes.Repeat([]byte("x"), 3_000_000)
	_, err = client.UploadMedia(mautrix.ReqUploadMedia{ContentBytes: body, ContentLength: int64(len(body))})
	check(err)
}
