"""Large providers of mailboxes: their domains, for typing errors; and which of them ignore dots and tags, for duplicates.

A domain that is listed here is never taken for a typing error of another.
"""

from __future__ import annotations

_BIG_DOMAINS_TEXT = """
gmail.com googlemail.com yahoo.com ymail.com rocketmail.com yahoo.co.uk yahoo.co.jp yahoo.co.in yahoo.fr yahoo.de
yahoo.es yahoo.it yahoo.ca yahoo.in yahoo.com.br yahoo.com.ar yahoo.com.mx yahoo.com.au yahoo.co.id yahoo.pl
myyahoo.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.es hotmail.it hotmail.ca hotmail.com.br
outlook.com outlook.fr outlook.de outlook.es outlook.it outlook.com.br outlook.co.id outlook.jp live.com live.co.uk
live.fr live.de live.it live.nl live.ca msn.com icloud.com me.com mac.com aol.com aol.co.uk aim.com comcast.net
verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com optonline.net
frontier.com windstream.net rogers.com shaw.ca sympatico.ca telus.net gmx.de gmx.net gmx.com gmx.at gmx.ch web.de
freenet.de t-online.de arcor.de mail.de posteo.de mailbox.org orange.fr wanadoo.fr free.fr sfr.fr laposte.net
neuf.fr bbox.fr libero.it virgilio.it alice.it tin.it tiscali.it btinternet.com sky.com virginmedia.com ntlworld.com
talktalk.net blueyonder.co.uk telenet.be skynet.be ziggo.nl kpnmail.nl planet.nl hetnet.nl xs4all.nl bluewin.ch
telia.com online.no wp.pl o2.pl onet.pl interia.pl op.pl poczta.onet.pl gazeta.pl tlen.pl seznam.cz centrum.cz
email.cz azet.sk zoznam.sk mail.ru bk.ru list.ru inbox.ru yandex.ru yandex.com ya.ru rambler.ru ukr.net abv.bg
uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com qq.com 163.com 126.com sina.com sohu.com
foxmail.com aliyun.com naver.com daum.net hanmail.net nate.com docomo.ne.jp ezweb.ne.jp rediffmail.com bigpond.com
optusnet.com.au iinet.net.au xtra.co.nz mail.com email.com usa.com post.com proton.me protonmail.com pm.me
tutanota.com tuta.io fastmail.com fastmail.fm hey.com zoho.com hushmail.com
"""
BIG_DOMAINS = frozenset(_BIG_DOMAINS_TEXT.split())
# Mailboxes of these are reached with any text after the first "+" (the providers' own help pages, 2026-11)
_WITH_TAGS_TEXT = """
gmail.com googlemail.com outlook.com hotmail.com live.com msn.com icloud.com me.com mac.com proton.me protonmail.com
pm.me fastmail.com fastmail.fm yandex.ru yandex.com ya.ru
"""
WITH_TAGS = frozenset(_WITH_TAGS_TEXT.split())
WITHOUT_DOTS = frozenset({"gmail.com", "googlemail.com"})  # a dot in the local part means nothing
SAME_AS = {"googlemail.com": "gmail.com", "protonmail.com": "proton.me", "pm.me": "proton.me", "ya.ru": "yandex.ru"}
