import click


@click.command()
@click.argument("words", nargs=-1)
@click.option("--times", default=1)
def main(words, times):
    for _ in range(times):
        click.echo(" ".join(words).upper() + "!")
