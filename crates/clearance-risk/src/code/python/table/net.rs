//! Python's library: modules about the network.

use clearance_core::Effect::{NetRead, NetWrite};

use crate::code::flow::rule::Rule::{self, Make, Pure, Special as Sp, Unknown, Value};
use crate::code::flow::rule::Special as S;
use crate::code::flow::rule::{Do, From, Module, ObjType, Rest, Ret};
use crate::code::flow::rule::{known, pure};

pub(super) static MODULES: &[Module] = &[
    pure("email"),
    pure("email.message"),
    pure("email.policy"),
    pure("email.utils"),
    pure("email.parser"),
    pure("email.header"),
    pure("http"),
    pure("http.cookies"),
    pure("ipaddress"),
    pure("select"),
    pure("selectors"),
    pure("urllib"),
    pure("urllib.error"),
    pure("urllib.parse"),
    known("uuid", Rest::Pure, &[("uuid1 uuid4", Rule::NamePart)]),
    known(
        "socket",
        Rest::Unknown,
        &[
            ("socket socketpair", Make(SOCKET)),
            (
                "create_connection",
                Rule::Do(&[Do(NetWrite, From::Host(0))], Ret::Object(SOCKET)),
            ),
            ("create_server", Sp(S::Listen)),
            (
                "gethostbyname getaddrinfo gethostbyname_ex gethostbyaddr getfqdn",
                Rule::Do(&[Do(NetRead, From::Host(0))], Ret::Data),
            ),
            (
                "AF_INET AF_INET6 AF_UNIX SOCK_STREAM SOCK_DGRAM SOL_SOCKET SO_REUSEADDR SHUT_RDWR SHUT_WR IPPROTO_TCP TCP_NODELAY SHUT_RD SO_REUSEPORT SO_KEEPALIVE AF_UNSPEC",
                Value,
            ),
            (
                "timeout error gaierror herror gethostname inet_aton inet_ntoa inet_pton inet_ntop htons ntohs htonl ntohl setdefaulttimeout getdefaulttimeout getservbyport getservbyname if_nameindex has_ipv6",
                Pure,
            ),
        ],
    ),
    known(
        "ssl",
        Rest::Unknown,
        &[(
            "create_default_context _create_unverified_context SSLContext wrap_socket SSLError CERT_NONE CERT_REQUIRED PROTOCOL_TLS PROTOCOL_TLS_CLIENT OPENSSL_VERSION TLSVersion get_default_verify_paths _create_default_https_context",
            Pure,
        )],
    ),
    known(
        "urllib.request",
        Rest::Unknown,
        &[
            ("urlopen urlretrieve", Sp(S::UrlOpen)),
            ("Request", Sp(S::UrlRequest)),
            (
                "build_opener install_opener ProxyHandler HTTPHandler HTTPSHandler HTTPCookieProcessor HTTPBasicAuthHandler",
                Rule::Foreign,
            ),
            ("quote unquote pathname2url url2pathname", Pure),
        ],
    ),
    known(
        "http.client",
        Rest::Unknown,
        &[
            ("HTTPConnection HTTPSConnection", Make(CONNECTION)),
            (
                "HTTPException responses HTTPResponse IncompleteRead RemoteDisconnected",
                Pure,
            ),
        ],
    ),
    known(
        "http.server",
        Rest::Unknown,
        &[
            ("HTTPServer ThreadingHTTPServer", Sp(S::Listen)),
            (
                "BaseHTTPRequestHandler SimpleHTTPRequestHandler",
                Rule::Foreign,
            ),
        ],
    ),
    known(
        "socketserver",
        Rest::Unknown,
        &[
            ("TCPServer ThreadingTCPServer UDPServer", Sp(S::Listen)),
            (
                "BaseRequestHandler StreamRequestHandler ThreadingMixIn",
                Rule::Foreign,
            ),
        ],
    ),
    known(
        "wsgiref.simple_server",
        Rest::Unknown,
        &[("make_server", Unknown("a server is started"))],
    ),
    known("ftplib", Rest::Unknown, &[]),
    known("smtplib", Rest::Unknown, &[]),
    known("telnetlib", Rest::Unknown, &[]),
    known("poplib", Rest::Unknown, &[]),
    known("imaplib", Rest::Unknown, &[]),
    known("nntplib", Rest::Unknown, &[]),
    known("xmlrpc", Rest::Unknown, &[]),
    known("xmlrpc.client", Rest::Unknown, &[]),
];

static SOCKET: &ObjType = &ObjType {
    name: "socket",
    rest: Rest::Pure,
    names: &[
        (
            "connect connect_ex",
            Rule::Do(&[Do(NetWrite, From::Host(0))], Ret::Num),
        ),
        ("sendto", Rule::Do(&[Do(NetWrite, From::Host(1))], Ret::Num)),
        ("bind", Sp(S::Listen)),
        ("accept listen", Rule::Foreign),
        ("send sendall sendfile sendmsg", Pure),
    ],
};

static CONNECTION: &ObjType = &ObjType {
    name: "http",
    rest: Rest::Any,
    names: &[
        (
            "request putrequest",
            Rule::Do(&[Do(NetWrite, From::OwnUrl)], Ret::Any),
        ),
        ("connect close getresponse set_debuglevel", Rule::Foreign),
    ],
};
