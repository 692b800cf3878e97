from portal.locale import TRANSLATED, missing, renew

for language in TRANSLATED:
    print(f"{language}: {len(missing(renew(language)))} to translate")
